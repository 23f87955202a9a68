using System.Globalization;
using Spectre.Console;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Metrics as a table on the console: a row a model, a column a metric.</summary>
public static class MetricsTable
{
    /// <summary>One evaluation: the model, its baselines, then its slices.</summary>
    public static void Print(IAnsiConsole console, EvaluationReport report, string model)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{report.Describe()}, {report.Items:N0} items, {report.Split} split, full ranking");
        var rows = new List<(string, IReadOnlyDictionary<string, double>)> { (model, report.Metrics) };
        rows.AddRange(report.Baselines.Select(b => (b.Key, b.Value)));
        rows.AddRange(report.Slices.Select(s => ($"  {s.Key} ({s.Value.Users:N0})", s.Value.Metrics)));
        Print(console, rows);
    }

    /// <summary>Rows of the same metrics.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<(string Name, IReadOnlyDictionary<string, double> Metrics)> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        var names = rows[0].Metrics.Keys.ToList();
        foreach (string name in names) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var (name, metrics) in rows)
        {
            var cells = names.Select(n => metrics.TryGetValue(n, out double value) ? value.ToString("F4", CultureInfo.InvariantCulture) : "");
            table.AddRow(new[] { name }.Concat(cells).Select(Markup.Escape).ToArray());
        }

        console.Write(table);
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

    /// <summary>Writes it to the console.</summary>
    public static void Print(IAnsiConsole console, RobustnessReport report)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{report.Users:N0} users, {report.Items:N0} items, {report.Split} split, full ranking");
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (string column in Columns(report)) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var (name, cells) in Rows(report)) table.AddRow(cells.Prepend(name).Select(Markup.Escape).ToArray());
        console.Write(table);
    }
}
