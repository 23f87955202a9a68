using System.Globalization;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>A comparison as tables, with the sentence that says who is better.</summary>
public static class ComparisonTable
{
    /// <summary>Writes it.</summary>
    /// <param name="results">Takes it.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="field">Its field in JSON; null for its fields to be the whole object's.</param>
    public static void Print(ResultWriter results, Comparison comparison, string? field = null)
    {
        var report = comparison.Runs.Reports[0];
        string verdict = comparison.Verdict(Judged(comparison));
        results.Say($"{comparison.Runs.Users.Count:N0} users, {report.Items:N0} items, {report.Split} split, full ranking{(report.MaskHistory ? ", the users' own history left out" : "")}");
        results.Say("");
        results.Add(Figures(comparison));
        if (comparison.Pairs.Count > 0)
        {
            results.Say("");
            results.Add(Differences(comparison));
            results.Say("");
            results.Say(verdict);
        }

        var all = new
        {
            Users = comparison.Runs.Users.Count,
            report.Items,
            report.Split,
            report.MaskHistory,
            Variants = comparison.Variants.Select(v => new { v.Name, Runs = v.Runs.Count, Mean = comparison.Mean(v), Sd = v.Runs.Count > 1 ? comparison.Deviation(v) : null }),
            Pairs = comparison.Pairs.Select(p => new { First = p.First.Name, Other = p.Other.Name, p.Metric, Difference = p.Difference.Mean, p.Difference.Within.Low, p.Difference.Within.High, PBootstrap = p.Difference.Bootstrap, PWilcoxon = p.Difference.Wilcoxon }),
            Verdict = verdict,
        };
        if (field is null) results.SetAll(all);
        else results.Set(field, all);
    }

    /// <summary>The metric that the sentence is about.</summary>
    internal static string Judged(Comparison comparison) => $"ndcg@{MetricsTable.ShownCutOff(comparison.Metrics)}";

    private static ResultTable Figures(Comparison comparison)
    {
        var table = new ResultTable("", "run");
        var metrics = MetricsTable.AddColumns(table, comparison.Mean(comparison.Variants[0]));
        foreach (var variant in comparison.Variants)
        {
            table.Row([variant.Described, .. MetricsTable.Cells(metrics, comparison.Mean(variant))]);
            if (variant.Runs.Count > 1) table.Row(["  sd over seeds", .. MetricsTable.Cells(metrics, comparison.Deviation(variant))]);
        }

        // These are figures of all users.
        if (comparison.Runs.LeftOut > 0) return table;
        foreach (var (name, figures) in comparison.Runs.Reports[0].Baselines.Where(b => !comparison.Variants.Any(v => v.Name.EndsWith($":{BaselineRanks.KeyOf(b.Key)}", StringComparison.Ordinal))))
            table.Row([name, .. MetricsTable.Cells(metrics, figures)]);
        return table;
    }

    private static ResultTable Differences(Comparison comparison)
    {
        int shown = MetricsTable.ShownCutOff(comparison.Metrics);
        bool many = comparison.Variants.Count > 2;
        var table = new ResultTable("", "").Text("metric").Number("difference").Text("95% interval").Number("p").Number("Wilcoxon");
        foreach (var pair in comparison.Pairs.Where(p => many ? p.Metric == Judged(comparison) : RankingMetrics.CutOff(p.Metric) == shown))
        {
            var difference = pair.Difference;
            table.Row(
                $"{pair.Other.Name} − {pair.First.Name}", pair.Metric, ResultCell.Change(difference.Mean),
                difference.Within.DescribeDifference(), P(difference.Bootstrap), P(difference.Wilcoxon));
        }

        return table;
    }

    private static ResultCell P(double p) => p < 0.001 ? "<0.001" : string.Create(CultureInfo.InvariantCulture, $"{p:F3}");
}
