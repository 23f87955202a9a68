namespace UniM2Rec.Exported;

/// <summary>What gives the terms of a combination their strengths, by numbers of items and candidates.</summary>
public interface ITermStrengths
{
    /// <summary>Whether an item is a candidate.</summary>
    bool IsCandidate(int item);

    /// <summary>Whether no source of a term holds a candidate.</summary>
    bool IsUnknown(int candidate);

    /// <summary>How much an item of a history speaks for a candidate; 0 where it says nothing about it.</summary>
    float Strength(TermSource source, int item, int candidate);
}

/// <summary>Why a candidate has its score: network + Σ terms = score.</summary>
/// <param name="Network">What the network's own score makes of it.</param>
/// <param name="Terms">What each collaborative score adds, by name.</param>
/// <param name="Events">The history's events, oldest first, but for those of the candidate itself.</param>
public sealed record Explanation(float Network, IReadOnlyList<(string Term, float Value)> Terms, IReadOnlyList<ExplainedEvent> Events)
{
    private const int Reasons = 3;

    /// <summary>Takes a score apart.</summary>
    /// <param name="history">Its items, oldest first.</param>
    /// <param name="candidate">The candidate.</param>
    /// <param name="score">Its score.</param>
    /// <param name="joined">What was joined with the network's score, or null where it stands alone.</param>
    /// <param name="similarity">How like the candidate an item is; null where there is no network.</param>
    public static Explanation Of(ReadOnlySpan<int> history, int candidate, float score, (ExportedCombination Combination, ITermStrengths Strengths)? joined, Func<int, float>? similarity)
    {
        float[] together = new float[history.Length];
        var terms = joined is { } parts ? Values(parts.Combination, parts.Strengths, history, candidate, together) : [];
        var events = new List<ExplainedEvent>(history.Length);
        for (int e = 0; e < history.Length; e++)
        {
            if (history[e] != candidate) events.Add(new ExplainedEvent(history[e], similarity?.Invoke(history[e]), together[e]));
        }

        return new Explanation(similarity is null ? 0 : score - terms.Sum(t => t.Value), terms, events);
    }

    /// <summary>The items of the history that have the most to do with the score, each once; what other users' histories tell comes first.</summary>
    public IEnumerable<ExplainedEvent> Because => Events.GroupBy(e => e.Row)
        .Select(g => new ExplainedEvent(g.Key, g.First().Similarity, g.Sum(e => e.Together)))
        .OrderByDescending(e => e.Together).ThenByDescending(e => e.Similarity ?? 0).Take(Reasons)
        .Where(e => e.Together > 0 || e.Similarity is not null);

    /// <summary>What each term adds to a candidate's logit; <paramref name="byEvent"/> takes how much of it each event makes.</summary>
    private static List<(string Term, float Value)> Values(ExportedCombination combination, ITermStrengths strengths, ReadOnlySpan<int> history, int candidate, float[] byEvent)
    {
        var values = new List<(string, float)>();
        if (combination.Seen != 0 && history.Contains(candidate)) values.Add(("seen", combination.Seen));
        if (combination.Unknown != 0 && strengths.IsUnknown(candidate)) values.Add(("unknownToOthers", combination.Unknown));
        int[] positions = new int[history.Length];
        foreach (var term in combination.Terms)
        {
            int count = 0;
            for (int e = 0; e < history.Length; e++)
            {
                if (term.Events == TermEvents.All || strengths.IsCandidate(history[e]) == (term.Events == TermEvents.Candidates)) positions[count++] = e;
            }

            var newest = positions.AsSpan(Math.Max(0, count - term.Reach)..count);
            float[] parts = new float[newest.Length];
            double weight = 1;
            for (int i = newest.Length - 1; i >= 0; i--, weight *= term.Decay) parts[i] = (float)weight * strengths.Strength(term.Source, history[newest[i]], candidate);
            float total = parts.Sum();
            if (total <= 0) continue;
            float value = term.Weight * float.LogP1(total * term.Scale);
            values.Add((NameOf(term), value));
            for (int i = 0; i < newest.Length; i++) byEvent[newest[i]] += value * parts[i] / total;
        }

        return values;
    }

    private static string NameOf(ExportedTerm term)
    {
        string source = term.Source switch { TermSource.ItemKnn => "itemKnn", TermSource.Transitions => "transitions", TermSource.Ease => "ease", _ => "content" };
        return term.Events == TermEvents.Others ? source + "OfOtherDomains" : source;
    }
}

/// <summary>What an event of a history has to do with a candidate.</summary>
/// <param name="Row">Its item.</param>
/// <param name="Similarity">Cosine of the two items' vectors; null where the model has none.</param>
/// <param name="Together">Its part of what collaborative scores add.</param>
public readonly record struct ExplainedEvent(int Row, float? Similarity, float Together);
