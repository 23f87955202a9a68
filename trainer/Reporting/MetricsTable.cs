using System.Globalization;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Metrics as a table: a row a model, a column a metric.</summary>
public static class MetricsTable
{
    /// <summary>The K that people ask for first.</summary>
    public const int UsualCutOff = 10;

    /// <summary>One evaluation: the model beside its baselines, then its slices.</summary>
    public static void Print(ResultWriter results, EvaluationReport report, string model)
    {
        results.SetAll(report);
        results.Say($"{report.Describe()}, {report.Items:N0} items, {report.Split} split, full ranking");
        results.Say("");
        results.Add(Of("", "", [(model, report.Metrics), .. report.Baselines.Select(b => (b.Key, b.Value))]));
        if (report.Slices.Count == 0) return;
        results.Say("");
        results.Say($"{model} by target item");
        results.Say("");
        results.Add(Slices(report.Slices));
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
        int shown = metrics.Keys.Select(name => RankingMetrics.CutOff(name)!.Value).OrderBy(k => k != UsualCutOff).First();
        var ordered = metrics.Keys.OrderBy(name => RankingMetrics.CutOff(name) != shown).ToList();
        foreach (string name in ordered) table.Number(name, isWide: RankingMetrics.CutOff(name) != shown);
        return ordered;
    }

    /// <summary>The figures in the columns' order; those that are missing are none.</summary>
    internal static IEnumerable<ResultCell> Cells(IEnumerable<string> metrics, IReadOnlyDictionary<string, double> figures) =>
        metrics.Select(name => figures.TryGetValue(name, out double figure) ? ResultCell.Figure(figure) : ResultCell.None);

    private static ResultTable Slices(IReadOnlyDictionary<string, EvaluationSlice> slices)
    {
        var table = new ResultTable("", "").Number("users");
        var metrics = AddColumns(table, slices.First().Value.Metrics);
        foreach (var (name, slice) in slices) table.Row([name, ResultCell.Count(slice.Users), .. Cells(metrics, slice.Metrics)]);
        return table;
    }
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
