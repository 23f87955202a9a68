using System.Globalization;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>How variants do where a share of the features is degraded, as a table for each kind of degradation.</summary>
internal static class DegradedTable
{
    /// <summary>The figures of each variant's runs; variants of which no run has any are left out.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="variants">Which of them stand for what.</param>
    public static IReadOnlyList<(string Name, IReadOnlyList<RobustnessReport> Runs)> Measured(IReadOnlyList<RunFolder> runs, IReadOnlyList<Variant> variants) =>
    [
        .. variants.Select(v => (v.Described, Runs: (IReadOnlyList<RobustnessReport>)[.. v.Runs.Select(run => runs[run].Robustness).Where(file => FileKinds.Of(file) != FileKind.Missing).Select(RobustnessReport.Load)]))
            .Where(v => v.Runs.Count > 0),
    ];

    /// <summary>The metric that curves are of.</summary>
    public static string Judged(RobustnessReport report) => $"ndcg@{MetricsTable.ShownCutOff(report.Metrics.Keys)}";

    /// <summary>Writes the tables; nothing where no run has such figures.</summary>
    /// <param name="results">Takes them.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="variants">Which of them stand for what.</param>
    /// <param name="data">Name of what they were trained on; empty for none.</param>
    public static void Print(ResultWriter results, IReadOnlyList<RunFolder> runs, IReadOnlyList<Variant> variants, string data)
    {
        var measured = Measured(runs, variants);
        if (measured.Count == 0) return;
        string metric = Judged(measured[0].Runs[0]);
        var curves = DegradedCurve.Of(measured, metric);
        results.Set(data.Length == 0 ? "degraded" : $"{data}-degraded", new { Metric = metric, Curves = curves });
        foreach (var kind in curves.GroupBy(c => c.Describe()))
        {
            results.Say("");
            results.Say($"{metric}: {kind.Key}");
            double[] shares = Shares([.. kind]);
            var table = new ResultTable("", "variant");
            foreach (double share in shares) table.Number(Name(share));
            foreach (var curve in kind) table.Row([curve.Variant, .. shares.Select(share => curve.Points.FirstOrDefault(p => p.Share == share) is { } at ? ResultCell.Figure(at.Mean) : ResultCell.None)]);
            results.Add(table);
        }
    }

    /// <summary>The same for a report, with standard deviations.</summary>
    public static IEnumerable<ReportTable> Tables(IReadOnlyList<DegradedCurve> curves, string metric) => curves.GroupBy(c => c.Describe()).Select(kind =>
    {
        double[] shares = Shares([.. kind]);
        return new ReportTable($"{metric}: {kind.Key}; below each mean its standard deviation over seeds", ["variant", .. shares.Select(Name)], [.. kind.Select(curve => new ReportRow(
            curve.Variant, [.. shares.Select(share => curve.Points.FirstOrDefault(p => p.Share == share) is { } at ? new ReportCell(Figure(at.Mean), Detail: at.Sd is { } sd ? $"± {Figure(sd)}" : null) : new ReportCell("-"))]))])
        { Folded = true };
    });

    private static double[] Shares(IReadOnlyList<DegradedCurve> curves) => [.. curves.SelectMany(c => c.Points).Select(p => p.Share).Distinct().Order()];

    private static string Name(double share) => share == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");

    private static string Figure(double figure) => figure.ToString("F4", CultureInfo.InvariantCulture);
}
