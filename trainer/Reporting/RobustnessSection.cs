using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>How models do when features are removed or noised.</summary>
internal static class RobustnessSection
{
    /// <summary>The section; null where no run has such figures.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="names">Their names.</param>
    /// <param name="variants">Which of them stand for what, with a curve each of means over seeds; null where each stands for itself.</param>
    public static ReportSection? Of(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names, IReadOnlyList<Variant>? variants)
    {
        var measured = DegradedTable.Measured(runs, variants ?? Variant.Apart(names));
        if (measured.Count == 0) return null;
        string metric = DegradedTable.Judged(measured[0].Runs[0]);
        var curves = DegradedCurve.Of(measured, metric);
        return new("robustness", "With degraded features")
        {
            Keys = [.. measured.Take(Chart.Colours).Select((m, i) => new ReportKey(i + 1, m.Name))],
            Charts = [.. Charts(curves, [.. measured.Take(Chart.Colours).Select(m => m.Name)], metric)],
            Tables = variants is null ? [.. measured.Select(m => Whole(m.Name, m.Runs[0]))] : [.. DegradedTable.Tables(curves, metric)],
        };
    }

    /// <summary>All figures of a run.</summary>
    private static ReportTable Whole(string name, RobustnessReport report) => new(
        FormattableString.Invariant($"{name}: {report.Users:N0} users, {report.Items:N0} items, {report.Split} split"), ["features", .. RobustnessTable.Columns(report)],
        [.. RobustnessTable.Rows(report).Select(row => new ReportRow(row.Name, [.. row.Cells.Select(cell => new ReportCell(cell))]))])
    { Folded = true };

    /// <summary>A chart for each kind of degradation that was tried with more than one share: the metric over the share.</summary>
    private static IEnumerable<ReportChart> Charts(IReadOnlyList<DegradedCurve> curves, IReadOnlyList<string> names, string metric) =>
        from kind in curves.GroupBy(c => c.Describe())
        where kind.Sum(c => c.Points.Count - 1) > 1
        select Chart.Lines($"{metric}: {kind.Key}", ("share, %", metric), [.. names.Select(name => (IReadOnlyList<(double, double)>)[.. kind.FirstOrDefault(c => c.Variant == name)?.Points.Select(p => (100 * p.Share, p.Mean)) ?? []])]);
}
