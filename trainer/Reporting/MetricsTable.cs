using System.Globalization;
using MathNet.Numerics.Statistics;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Metrics as tables: a row a model, a column a metric.</summary>
public static class MetricsTable
{
    /// <summary>The K that people ask for first.</summary>
    public const int UsualCutOff = 10;

    /// <summary>One evaluation: the model beside its baselines, what its lists are like, then its slices.</summary>
    public static void Print(ResultWriter results, EvaluationReport report, string model)
    {
        results.SetAll(report);
        results.Say($"{report.Describe()}, {report.Items:N0} items, {report.Split} split, full ranking{(report.MaskHistory ? ", the users' own history left out" : "")}");
        results.Say("");
        results.Add(Beside(report, model));
        if (report.Lists is { } lists)
        {
            results.Say("");
            results.Say(Describe(model, lists));
        }

        if (report.Slices.Count == 0) return;
        results.Say("");
        results.Say($"{model} by target item and history");
        results.Say("");
        results.Add(Slices(report.Slices));
    }

    /// <summary>Several runs of one evaluation each: a row a run, then mean and standard deviation.</summary>
    /// <param name="results">Takes them.</param>
    /// <param name="runs">Name and figures of each; two or more.</param>
    public static void Print(ResultWriter results, IReadOnlyList<(string Name, EvaluationReport Report)> runs)
    {
        var first = runs[0].Report;
        results.Say($"{first.Describe()}, {first.Items:N0} items, {first.Split} split, full ranking, {runs.Count} runs");
        results.Say("");
        var table = new ResultTable("", "run");
        var metrics = AddColumns(table, first.Metrics);
        foreach (var (name, report) in runs) table.Row([name, .. Cells(metrics, report.Metrics)]);
        var (mean, deviation) = Over([.. runs.Select(r => r.Report.Metrics)]);
        table.Row(["mean", .. Cells(metrics, mean)]);
        table.Row(["sd", .. Cells(metrics, deviation)]);
        results.Add(table);
        results.Set("runs", runs.ToDictionary(r => r.Name, r => r.Report));
        results.Set("mean", mean);
        results.Set("sd", deviation);
    }

    /// <summary>Mean and sample standard deviation of each metric that all have.</summary>
    public static (Dictionary<string, double> Mean, Dictionary<string, double> Deviation) Over(IReadOnlyList<IReadOnlyDictionary<string, double>> runs)
    {
        var common = runs[0].Keys.Where(metric => runs.All(r => r.ContainsKey(metric))).ToList();
        return (common.ToDictionary(m => m, m => runs.Average(r => r[m])), common.ToDictionary(m => m, m => runs.Select(r => r[m]).StandardDeviation()));
    }

    /// <summary>Rows of the same metrics, those at the usual K first.</summary>
    /// <param name="key">The table's name in JSON; empty to leave it out.</param>
    /// <param name="first">Header of the names.</param>
    /// <param name="rows">Their names and figures.</param>
    public static ResultTable Of(string key, string first, IReadOnlyList<(string Name, IReadOnlyDictionary<string, double> Metrics)> rows)
    {
        var table = new ResultTable(key, first);
        var metrics = AddColumns(table, rows[0].Metrics);
        foreach (var (name, figures) in rows) table.Row([name, .. Cells(metrics, figures)]);
        return table;
    }

    /// <summary>Adds a column a metric.</summary>
    /// <returns>The metrics in the columns' order.</returns>
    internal static IReadOnlyList<string> AddColumns(ResultTable table, IReadOnlyDictionary<string, double> metrics)
    {
        int shown = ShownCutOff(metrics.Keys);
        var ordered = metrics.Keys.OrderBy(name => RankingMetrics.CutOff(name) != shown).ToList();
        foreach (string name in ordered) table.Number(name, isWide: RankingMetrics.CutOff(name) != shown);
        return ordered;
    }

    /// <summary>The K that is shown first: the usual one, where it was asked for.</summary>
    internal static int ShownCutOff(IEnumerable<string> metrics) => metrics.Select(name => RankingMetrics.CutOff(name)!.Value).OrderBy(k => k != UsualCutOff).First();

    /// <summary>The figures in the columns' order; those that are missing are none.</summary>
    internal static IEnumerable<ResultCell> Cells(IEnumerable<string> metrics, IReadOnlyDictionary<string, double> figures) =>
        metrics.Select(name => figures.TryGetValue(name, out double figure) ? ResultCell.Figure(figure) : ResultCell.None);

    /// <summary>What lists are like, in a sentence.</summary>
    internal static string Describe(string model, ListFigures lists) => string.Create(CultureInfo.InvariantCulture,
        $"{model}'s lists of {lists.Length}: coverage {lists.Coverage:0.0%}, novelty {lists.Novelty:F2} bits, diversity {lists.Diversity ?? double.NaN:F3}, popularity {lists.Popularity:F3}");

    private static ResultTable Beside(EvaluationReport report, string model)
    {
        var table = new ResultTable("", "model");
        var metrics = AddColumns(table, report.Metrics);
        string interval = $"ndcg@{ShownCutOff(metrics)}";
        table.Text($"95% of {interval}");
        table.Row([model, .. Cells(metrics, report.Metrics), Within(report.Intervals, interval)]);
        foreach (var (name, figures) in report.Baselines) table.Row([name, .. Cells(metrics, figures), Within(report.BaselineIntervals?.GetValueOrDefault(name), interval)]);
        return table;
    }

    private static ResultTable Slices(IReadOnlyDictionary<string, EvaluationSlice> slices)
    {
        var table = new ResultTable("", "").Number("users");
        var metrics = AddColumns(table, slices.First().Value.Metrics);
        string interval = $"ndcg@{ShownCutOff(metrics)}";
        table.Text($"95% of {interval}");
        foreach (var (name, slice) in slices) table.Row([name, ResultCell.Count(slice.Users), .. Cells(metrics, slice.Metrics), Within(slice.Intervals, interval)]);
        return table;
    }

    private static ResultCell Within(IReadOnlyDictionary<string, Interval>? intervals, string metric) =>
        intervals is not null && intervals.TryGetValue(metric, out var at) ? string.Create(CultureInfo.InvariantCulture, $"{at.Low:F4} to {at.High:F4}") : ResultCell.None;
}

/// <summary>A robustness report as rows of text: the figures as they are, then for each degradation its figures and the loss in percent.</summary>
public static class RobustnessTable
{
    /// <summary>Metrics of the columns.</summary>
    public static IReadOnlyList<string> Columns(RobustnessReport report) => report.Metrics.Keys.ToList();

    /// <summary>Name and cells of each row.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Cells)> Rows(RobustnessReport report)
    {
        var columns = Columns(report);
        var rows = new List<(string, IReadOnlyList<string>)> { ("features as they are", Cells(report.Metrics, "F4")) };
        foreach (var degraded in report.Degraded)
        {
            rows.Add((
                string.Create(CultureInfo.InvariantCulture, $"{degraded.Degradation.Describe()} ({degraded.DegradedItems:N0})"), Cells(degraded.Metrics, "F4")));
            rows.Add(("  loss in %", Cells(degraded.LossPercent, "F1")));
        }

        return rows;

        List<string> Cells(IReadOnlyDictionary<string, double> figures, string format) =>
            columns.Select(c => figures.TryGetValue(c, out double value) ? value.ToString(format, CultureInfo.InvariantCulture) : "").ToList();
    }

    /// <summary>Writes it: each degradation with its figures and what is lost of the NDCG.</summary>
    public static void Print(ResultWriter results, RobustnessReport report)
    {
        results.SetAll(report);
        results.Say($"{report.Users:N0} users, {report.Items:N0} items, {report.Split} split, full ranking");
        results.Say("");
        var table = new ResultTable("", "");
        var metrics = MetricsTable.AddColumns(table, report.Metrics);
        string lost = metrics.First(name => name.StartsWith("ndcg", StringComparison.Ordinal));
        table.Number("lost");
        table.Row(["features as they are", .. MetricsTable.Cells(metrics, report.Metrics), ResultCell.None]);
        foreach (var degraded in report.Degraded)
        {
            table.Row([
                string.Create(CultureInfo.InvariantCulture, $"{degraded.Degradation.Describe()} ({degraded.DegradedItems:N0})"),
                .. MetricsTable.Cells(metrics, degraded.Metrics),
                degraded.LossPercent.TryGetValue(lost, out double percent) ? ResultCell.Percent(percent / 100) : ResultCell.None]);
        }

        results.Add(table);
        results.Say($"(lost: of {lost})");
    }
}
