using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Importing.UniSRec;

/// <summary>
/// Rebuilds a user's whole sequence from prefix rows. A history shorter than the publisher's cap starts at the user's first event, so its
/// length is its target's position; histories at the cap are windows, which are chained: each must be the one before, moved on by its target.
/// </summary>
public sealed class SequenceRebuilder(int cap)
{
    /// <summary>Rebuilds one user's sequence.</summary>
    /// <param name="rows">The user's rows of all three files, in the order of the files.</param>
    /// <returns>The sequence and each event's part of the split, or the reason why the rows contradict each other.</returns>
    public (List<int> Items, List<SplitPart> Split, PrefixRow? Contradiction) Rebuild(IReadOnlyList<PrefixRow> rows)
    {
        // Published files list a user's windows newest first; a file that lists them oldest first is as good.
        var newestFirst = TryRebuild(Order(rows, reverse: true));
        return newestFirst.Contradiction is null || !rows.Any(IsWindow) ? newestFirst : PreferConsistent(TryRebuild(Order(rows, reverse: false)), newestFirst);
    }

    private static (List<int>, List<SplitPart>, PrefixRow?) PreferConsistent(
        (List<int>, List<SplitPart>, PrefixRow? Contradiction) first, (List<int>, List<SplitPart>, PrefixRow?) second) =>
        first.Contradiction is null ? first : second;

    private static List<PrefixRow> Order(IReadOnlyList<PrefixRow> rows, bool reverse) =>
        rows.Select((row, position) => (row, position))
            .OrderBy(e => e.row.Part).ThenBy(e => e.row.History.Length).ThenBy(e => reverse ? -e.position : e.position)
            .Select(e => e.row).ToList();

    private bool IsWindow(PrefixRow row) => row.History.Length == cap;

    private (List<int> Items, List<SplitPart> Split, PrefixRow? Contradiction) TryRebuild(List<PrefixRow> ordered)
    {
        var items = new List<int>();
        var targets = new Dictionary<int, SplitPart>();
        var windows = 0;
        foreach (var row in ordered)
        {
            var position = IsWindow(row) ? cap + windows++ : row.History.Length;
            if (!Extend(items, position - row.History.Length, row) || !targets.TryAdd(position, row.Part))
                return (items, [], row);
        }

        // Rows come in the order train, validation, test: what is hidden last must lie last.
        if (targets.Any(t => t.Value == SplitPart.Test && t.Key != items.Count - 1))
            return (items, [], ordered[^1]);
        return (items, Enumerable.Range(0, items.Count).Select(p => targets.GetValueOrDefault(p, SplitPart.Train)).ToList(), null);
    }

    /// <summary>Lays a row over the sequence from a position on: what is known must agree, what is new is added.</summary>
    private static bool Extend(List<int> items, int start, PrefixRow row)
    {
        if (start > items.Count)
            return false;
        for (var i = 0; i <= row.History.Length; i++)
        {
            var item = i < row.History.Length ? row.History[i] : row.Target;
            if (start + i == items.Count)
                items.Add(item);
            else if (items[start + i] != item)
                return false;
        }

        return true;
    }
}
