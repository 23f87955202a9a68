namespace UniM2Rec.Serving.Model;

/// <summary>A candidate with its logit.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Score">The logit.</param>
public readonly record struct Ranked(int Row, float Score);

/// <summary>The best of many, exactly.</summary>
internal static class Ranking
{
    /// <summary>The best candidates, best first; of equal scores, the one with the lower row.</summary>
    /// <param name="scores">By candidate.</param>
    /// <param name="count">How many.</param>
    /// <param name="isAllowed">Asked only of those that would be among the best so far.</param>
    public static Ranked[] Top(ReadOnlySpan<float> scores, int count, Func<int, bool> isAllowed)
    {
        // The least of the best so far is at the head.
        var best = new PriorityQueue<int, (float Score, int Order)>(count + 1);
        for (int c = 0; c < scores.Length; c++)
        {
            if (best.Count == count && best.TryPeek(out _, out var least) && !(scores[c] > least.Score)) continue;
            if (float.IsNegativeInfinity(scores[c]) || !isAllowed(c)) continue;
            if (best.Count == count) best.DequeueEnqueue(c, (scores[c], -c));
            else best.Enqueue(c, (scores[c], -c));
        }

        var ranked = new Ranked[best.Count];
        for (int i = ranked.Length - 1; i >= 0; i--)
        {
            best.TryDequeue(out int row, out var priority);
            ranked[i] = new Ranked(row, priority.Score);
        }

        return ranked;
    }
}
