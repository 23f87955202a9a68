using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Parts of the users by their target: how often training saw the item, and which modalities it has.</summary>
public static class Slices
{
    private static readonly (string Name, int Least, int Most)[] Frequencies =
    [
        ("seen never", 0, 0), ("seen 1-4", 1, 4), ("seen 5-9", 5, 9), ("seen 10-19", 10, 19), ("seen 20+", 20, int.MaxValue),
    ];

    /// <param name="windows">The ranked windows.</param>
    /// <param name="ranks">Their ranks.</param>
    /// <param name="log">The flow.</param>
    /// <param name="frequency">By row: events of training with the item.</param>
    /// <param name="store">Tells which modalities an item has.</param>
    /// <param name="cutOffs">The Ks.</param>
    public static IReadOnlyDictionary<string, EvaluationSlice> Compute(
        IReadOnlyList<Window> windows, double[] ranks, InteractionLog log, int[] frequency, FeatureStore store, IReadOnlyList<int> cutOffs)
    {
        var modalities = store.ModalityNames.Select(store.Modality).ToList();
        string Present(int row)
        {
            string names = string.Join("+", modalities.Where(m => m.IsPresent(row)).Select(m => m.Name));
            return names.Length == 0 ? "has nothing" : "has " + names;
        }

        var rows = windows.Select(w => log.ItemOf(w.Targets[^1].Target)).ToArray();
        var slices = new Dictionary<string, EvaluationSlice>();
        foreach (var (name, least, most) in Frequencies)
            Add(name, Enumerable.Range(0, rows.Length).Where(i => frequency[rows[i]] >= least && frequency[rows[i]] <= most));
        foreach (var group in Enumerable.Range(0, rows.Length).GroupBy(i => Present(rows[i])).OrderBy(g => g.Key, StringComparer.Ordinal))
            Add(group.Key, group);
        return slices;

        void Add(string name, IEnumerable<int> members)
        {
            var own = members.Select(i => ranks[i]).ToList();
            if (own.Count > 0) slices[name] = new EvaluationSlice(own.Count, RankingMetrics.Compute(own, cutOffs));
        }
    }
}
