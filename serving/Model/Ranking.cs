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
    /// <param name="found">The only candidates that are looked at; null for all.</param>
    public static Ranked[] Top(ReadOnlySpan<float> scores, int count, Func<int, bool> isAllowed, IReadOnlyCollection<int>? found = null)
    {
        // The least of the best so far is at the head.
        var best = new PriorityQueue<int, (float Score, int Order)>(count + 1);
        if (found is null)
        {
            for (int c = 0; c < scores.Length; c++) Offer(c, scores[c]);
        }
        else
        {
            foreach (int c in found.Order()) Offer(c, scores[c]);
        }

        var ranked = new Ranked[best.Count];
        for (int i = ranked.Length - 1; i >= 0; i--)
        {
            best.TryDequeue(out int row, out var priority);
            ranked[i] = new Ranked(row, priority.Score);
        }

        return ranked;

        void Offer(int c, float score)
        {
            if (best.Count == count && best.TryPeek(out _, out var least) && !(score > least.Score)) return;
            if (float.IsNegativeInfinity(score) || !isAllowed(c)) return;
            if (best.Count == count) best.DequeueEnqueue(c, (score, -c));
            else best.Enqueue(c, (score, -c));
        }
    }
}
