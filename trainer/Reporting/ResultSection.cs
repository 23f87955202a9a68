using System.Globalization;
using Serilog;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Who is best: figures with their intervals, what the lists are like, and whether the difference is more than chance.</summary>
internal static class ResultSection
{
    /// <summary>The section; null where nothing was evaluated.</summary>
    /// <param name="evaluations">The evaluations.</param>
    /// <param name="variants">Which runs of the first group stand for what; null where each stands for itself.</param>
    /// <param name="baselines">Baselines of evaluated runs that stand beside the first group.</param>
    /// <param name="log">Takes warnings.</param>
    public static ReportSection? Of(ReportedEvaluations evaluations, IReadOnlyList<Variant>? variants, IReadOnlyList<ComparedRun> baselines, ILogger log)
    {
        if (evaluations.Groups.Count == 0) return null;
        var notes = new List<string>();
        var tables = new List<ReportTable>();
        foreach (var group in evaluations.Groups)
        {
            bool isFirst = group == evaluations.Groups[0];
            if (Compare(group, isFirst ? variants : null, isFirst ? baselines : [], log) is { } comparison)
            {
                notes.Add(comparison.Verdict(ComparisonTable.Judged(comparison)));
                if (comparison.Variants.Any(v => v.Runs.Count > 1)) tables.Add(Means(comparison));
                tables.Add(Figures(group));
                tables.Add(Differences(comparison));
            }
            else
            {
                if (notes.Count == 0) notes.Add(Alone(group[0]));
                tables.Add(Figures(group));
            }

            if (Lists(group) is { } lists) tables.Add(lists);
        }

        return new("result", "Result") { Notes = notes, Tables = tables };
    }

    private static string Alone(ReportedEvaluation evaluation)
    {
        string metric = ReportedEvaluations.Judged(evaluation.Report);
        var best = evaluation.Report.Baselines.MaxBy(b => b.Value[metric]);
        double own = evaluation.Report.Metrics[metric];
        string beside = best.Value is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; the best without a network, {best.Key}, has {best.Value[metric]:F4}");
        return string.Create(CultureInfo.InvariantCulture, $"{evaluation.Name} has {metric} {own:F4}{beside}.");
    }

    private static Comparison? Compare(IReadOnlyList<ReportedEvaluation> group, IReadOnlyList<Variant>? variants, IReadOnlyList<ComparedRun> baselines, ILogger log)
    {
        if (group.Count + baselines.Count < 2) return null;
        var beside = baselines.Select(b => b.Run.EvaluationOf(group[0].Report.Split, group[0].Report.MaskHistory) with { Name = b.Name, Baseline = b.Baseline }).ToList();
        try
        {
            return new Comparison(ComparableRuns.Open([.. group.Select(e => e.Files), .. beside]), variants ?? Variant.Apart(group.Select(e => e.Name).Concat(beside.Select(b => b.Name))));
        }
        catch (UserErrorException error) when (baselines.Count == 0)
        {
            log.Warning("The report does not say whether differences are more than chance: {Reason:l}", error.Message);
            return null;
        }
    }

    private static ReportTable Figures(IReadOnlyList<ReportedEvaluation> group)
    {
        var first = group[0].Report;
        int shown = MetricsTable.ShownCutOff(first.Metrics.Keys);
        var metrics = first.Metrics.Keys.OrderBy(name => RankingMetrics.CutOff(name) != shown).ToList();
        var rows = group.Select(e => (e.Name, e.Report.Metrics, e.Report.Intervals))
            .Concat(first.Baselines.Select(b => (b.Key, b.Value, first.BaselineIntervals?.GetValueOrDefault(b.Key)))).ToList();
        var best = metrics.ToDictionary(m => m, m => rows.Max(r => r.Item2.GetValueOrDefault(m)));
        string caption = string.Create(CultureInfo.InvariantCulture, $"Full ranking, {first.Split} split{(first.MaskHistory ? ", the users' own history left out" : "")}: {first.Describe()}, {first.Items:N0} items; below each figure its 95% interval");
        return new(caption, ["model", .. metrics], [.. rows.Select(row => new ReportRow(row.Item1, [.. metrics.Select(m =>
            row.Item2.TryGetValue(m, out double figure) ? new ReportCell(Figure(figure), figure > 0 && figure == best[m], Within(row.Item3, m)) : new ReportCell("-"))]))]);
    }

    private static ReportTable Means(Comparison comparison)
    {
        int shown = MetricsTable.ShownCutOff(comparison.Metrics);
        string[] metrics = [.. RankingMetrics.Names([shown]).Where(comparison.Metrics.Contains)];
        var means = comparison.Variants.Select(v => (Variant: v, Mean: comparison.Mean(v), Deviation: comparison.Deviation(v))).ToList();
        return new("Means over seeds; below each its standard deviation", ["variant", .. metrics], [.. means.Select(v => new ReportRow(v.Variant.Described, [.. metrics.Select(m =>
            new ReportCell(Figure(v.Mean[m]), v.Mean[m] == means.Max(o => o.Mean[m]), v.Variant.Runs.Count > 1 ? $"± {Figure(v.Deviation[m])}" : null))]))]);
    }

    private static ReportTable Differences(Comparison comparison)
    {
        string judged = ComparisonTable.Judged(comparison);
        return new($"Differences in {judged}, paired over users; p-values corrected over the pairs (Holm)", ["pair", "difference", "95% interval", "p (bootstrap)", "p (Wilcoxon)"], [.. comparison.Pairs.Where(p => p.Metric == judged).Select(p => new ReportRow(
            $"{p.Other.Name} − {p.First.Name}", [Cell($"{p.Difference.Mean:+0.0000;-0.0000;0.0000}"), new(p.Difference.Within.DescribeDifference()), new(P(p.Difference.Bootstrap)), new(P(p.Difference.Wilcoxon))]))]);
    }

    private static ReportTable? Lists(IReadOnlyList<ReportedEvaluation> group)
    {
        var own = group.Where(e => e.Report.Lists is not null).ToList();
        return own.Count == 0 ? null : new(
            $"Lists of {own[0].Report.Lists!.Length}: share of the items that anybody is shown, bits of surprise, how unlike each other a list's items are, and how popular (0.5: popularity does not matter)",
            ["model", "coverage", "novelty", "diversity", "popularity"],
            [.. own.Select(e => (e.Name, Lists: e.Report.Lists!)).Select(e => new ReportRow(e.Name, [Cell($"{e.Lists.Coverage:0.0%}"), Cell($"{e.Lists.Novelty:F2}"), e.Lists.Diversity is { } d ? Cell($"{d:F3}") : new("-"), Cell($"{e.Lists.Popularity:F3}")]))]);
    }

    private static string P(double p) => p < 0.001 ? "<0.001" : Figure(p)[..5];

    private static string Figure(double figure) => figure.ToString("F4", CultureInfo.InvariantCulture);

    private static ReportCell Cell(FormattableString text) => new(text.ToString(CultureInfo.InvariantCulture));

    private static string? Within(IReadOnlyDictionary<string, Interval>? intervals, string metric) =>
        intervals is not null && intervals.TryGetValue(metric, out var at) ? string.Create(CultureInfo.InvariantCulture, $"{at.Low:F4}–{at.High:F4}") : null;
}
