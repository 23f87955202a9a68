using System.Globalization;
using Spectre.Console;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Metrics as a table on the console: a row a model, a column a metric.</summary>
public static class MetricsTable
{
    /// <summary>One evaluation: the model, its baselines, then its slices.</summary>
    public static void Print(IAnsiConsole console, EvaluationReport report, string model)
    {
        console.MarkupLineInterpolated($"{report.Users:N0} users, {report.Items:N0} items, {report.Split} split, full ranking");
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
