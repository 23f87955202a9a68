using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>How models do when features are removed or noised.</summary>
internal static class RobustnessSection
{
    /// <summary>The section; null where no run has such figures.</summary>
    public static ReportSection? Of(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names)
    {
        var measured = runs.Select((run, i) => (Name: names[i], run.Robustness)).Where(r => FileKinds.Of(r.Robustness) != FileKind.Missing)
            .Select(r => (r.Name, Report: RobustnessReport.Load(r.Robustness))).ToList();
        return measured.Count == 0 ? null : new("robustness", "With degraded features")
        {
            Keys = [.. measured.Take(Chart.Colours).Select((m, i) => new ReportKey(i + 1, m.Name))],
            Charts = [.. Charts(measured)],
            Tables = [.. measured.Select(m => new ReportTable(
                FormattableString.Invariant($"{m.Name}: {m.Report.Users:N0} users, {m.Report.Items:N0} items, {m.Report.Split} split"), ["features", .. RobustnessTable.Columns(m.Report)],
                [.. RobustnessTable.Rows(m.Report).Select(row => new ReportRow(row.Name, [.. row.Cells.Select(cell => new ReportCell(cell))]))]) { Folded = true })],
        };
    }

    /// <summary>A chart for each kind of degradation that was tried with more than one share: the metric over the share.</summary>
    private static IEnumerable<ReportChart> Charts(List<(string Name, RobustnessReport Report)> measured)
    {
        string metric = $"ndcg@{MetricsTable.ShownCutOff(measured[0].Report.Metrics.Keys)}";
        var kinds = measured.SelectMany(m => m.Report.Degraded).Select(d => (Kind: d.Degradation.Kind(), d.Degradation.Histories)).GroupBy(d => d).Where(g => g.Count() > 1).Select(g => g.Key);
        foreach (var (kind, histories) in kinds)
        {
            var series = measured.Take(Chart.Colours).Select(m =>
            {
                var own = m.Report.Degraded.Where(d => d.Degradation.Kind() == kind && d.Degradation.Histories == histories).OrderBy(d => d.Degradation.Share).ToList();
                return (IReadOnlyList<(double, double)>)(own.Count == 0 ? [] : [(0, m.Report.Metrics.GetValueOrDefault(metric)), .. own.Select(d => (100 * d.Degradation.Share, d.Metrics.GetValueOrDefault(metric)))]);
            }).ToList();
            yield return Chart.Lines($"{metric}: {kind} for a share of the {(histories ? "users' histories" : "items")}", ("share, %", metric), series);
        }
    }
}
