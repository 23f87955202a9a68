namespace UniM2Rec.Trainer.Collaborative;

/// <summary>What a scorer holds about single items and candidates, both by their rows in the store.</summary>
/// <param name="scorer">The scorer.</param>
/// <param name="content">How near two items are by content.</param>
internal sealed class ScorerStrengths(CollaborativeScorer scorer, Func<int, int, float> content) : ITermStrengths
{
    private readonly HashSet<long> _unknown = [.. scorer.Unknown];
    private readonly Dictionary<int, int>? _easeColumns = scorer.Ease is { } ease ? Enumerable.Range(0, ease.Columns.Length).ToDictionary(column => ease.Columns[column]) : null;

    /// <inheritdoc/>
    public bool IsCandidate(int item) => scorer.ColumnOfRow[item] >= 0;

    /// <inheritdoc/>
    public bool IsUnknown(int candidate) => _unknown.Contains(scorer.ColumnOfRow[candidate]);

    /// <inheritdoc/>
    public float Strength(TermSource source, int item, int candidate)
    {
        if (source == TermSource.Content) return content(item, candidate);
        int column = scorer.ColumnOfRow[candidate];
        if (source == TermSource.Ease)
            return scorer.Ease!.IndexOf(item) is >= 0 and var index && _easeColumns!.TryGetValue(column, out int known) ? scorer.Ease.WeightOf(index, known) : 0;
        var rows = (source == TermSource.ItemKnn ? (ItemRelation)scorer.ItemKnn! : scorer.Transitions!).Rows;
        return rows.Columns(item).IndexOf(column) is >= 0 and var at ? rows.Values(item)[at] : 0;
    }
}
