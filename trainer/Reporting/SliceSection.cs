using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Where models differ: by target item, history and domain.</summary>
internal static class SliceSection
{
    private static readonly (string Beginning, string Caption)[] Kinds =
    [
        ("seen ", "by how often training saw the target"), ("has ", "by the target's modalities"), ("after ", "by the length of the history"), ("in ", "by the target's domain"),
    ];

    /// <summary>The section; null where nothing was evaluated.</summary>
    public static ReportSection? Of(ReportedEvaluations evaluations)
    {
        if (evaluations.Groups.Count == 0 || evaluations.Groups[0] is not { } group || group.All(e => e.Report.Slices.Count == 0)) return null;
        string metric = ReportedEvaluations.Judged(group[0].Report);
        var charts = new List<ReportChart>();
        foreach (var (beginning, caption) in Kinds)
        {
            var names = group.SelectMany(e => e.Report.Slices.Keys).Where(name => name.StartsWith(beginning, StringComparison.Ordinal)).Distinct().ToList();
            if (names.Count == 0) continue;
            string[] labels = [.. names.Select(name => FormattableString.Invariant($"{name[beginning.Length..]} ({group.Max(e => e.Report.Slices.GetValueOrDefault(name)?.Users ?? 0):N0})"))];
            charts.Add(Chart.Bars($"{metric} {caption}", metric, labels, [.. group.Take(Chart.Colours).Select(e => names.Select(name => e.Report.Slices.GetValueOrDefault(name)?.Metrics[metric] ?? double.NaN).ToList())]));
        }

        return new("slices", "Where the models differ")
        {
            Notes = ["In brackets: how many targets a group has."],
            Keys = [.. group.Take(Chart.Colours).Select((e, i) => new ReportKey(i + 1, e.Name))],
            Charts = charts,
            Tables = [.. group.Select(e => Table(e, metric) with { Folded = true })],
        };
    }

    private static ReportTable Table(ReportedEvaluation evaluation, string metric)
    {
        int k = RankingMetrics.CutOff(metric)!.Value;
        string[] metrics = [.. RankingMetrics.Names([k]).Where(evaluation.Report.Metrics.ContainsKey)];
        return new($"{evaluation.Name} by target item and history", ["group", "targets", .. metrics], [.. evaluation.Report.Slices.Select(s => new ReportRow(s.Key,
            [new(s.Value.Users.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)), .. metrics.Select(m => new ReportCell(ResultCell.Figure(s.Value.Metrics.GetValueOrDefault(m)).Text))]))]);
    }
}
