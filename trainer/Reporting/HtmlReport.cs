using System.Globalization;
using System.Net;
using System.Text;
using Serilog;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>A report of some runs as one HTML file that needs nothing else: metrics, learning curves, slices, settings.</summary>
public static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1c2128;margin:2rem auto;max-width:1000px;padding:0 1rem}
        h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
        th,td{padding:.3rem .7rem;border-bottom:1px solid #d0d7de;text-align:right;white-space:nowrap}
        th:first-child,td:first-child{text-align:left}
        .charts{display:flex;flex-wrap:wrap;gap:1rem}.key{display:inline-block;width:.8em;height:.8em;margin-right:.4em;border-radius:2px}
        svg .grid{stroke:#e5e9ee}svg .tick{font:11px system-ui;fill:#57606a}svg .title{font:600 13px system-ui}
        details{margin:.5rem 0}pre{background:#f6f8fa;padding:1rem;overflow-x:auto}
        """;

    /// <summary>What every report begins with.</summary>
    internal const string Beginning = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>UniM2Rec: ";

    /// <summary>The whole page.</summary>
    /// <param name="runs">Runs; those that were evaluated appear in the tables.</param>
    /// <param name="log">Takes warnings.</param>
    public static string Render(IReadOnlyList<RunFolder> runs, ILogger log)
    {
        var names = runs.Select(r => Path.GetFileName(r.Path)).ToList();
        var reports = runs.Select(r => r.EvaluationOf("test", masked: false)).Select(f => FileKinds.Of(f.Evaluation) != FileKind.Missing ? EvaluationReport.Load(f.Evaluation, f.Command) : null).ToList();
        var page = new StringBuilder();
        page.Append(Beginning);
        page.Append(CultureInfo.InvariantCulture, $"{Text(string.Join(", ", names))}</title><style>{Style}</style><h1>UniM2Rec</h1>");
        AppendMetrics(page, names, reports);
        AppendCurves(page, runs.Select((r, i) => LearningCurve.Load(names[i], r, log)).ToList());
        for (int i = 0; i < runs.Count; i++)
        {
            if (reports[i] is { } report) AppendSlices(page, names[i], report);
            if (FileKinds.Of(runs[i].Robustness) != FileKind.Missing) AppendRobustness(page, names[i], RobustnessReport.Load(runs[i].Robustness));
        }

        page.Append("<h2>Settings</h2>");
        for (int i = 0; i < runs.Count; i++)
            page.Append(CultureInfo.InvariantCulture, $"<details><summary>{Text(names[i])}</summary><pre>{Text(SettingsOf(runs[i]))}</pre></details>");
        return page.Append("</html>\n").ToString();
    }

    /// <summary>A table of the runs that can stand beside each other; runs that can't have one of their own.</summary>
    private static void AppendMetrics(StringBuilder page, List<string> names, List<EvaluationReport?> reports)
    {
        var groups = new List<List<(string Name, EvaluationReport Report)>>();
        for (int i = 0; i < names.Count; i++)
        {
            if (reports[i] is not { } report) continue;
            var group = groups.FirstOrDefault(g => ComparableRuns.Difference(g[0].Report, report) is null && (g[0].Report.Users, g[0].Report.Targets) == (report.Users, report.Targets));
            if (group is null) groups.Add(group = []);
            group.Add((names[i], report));
        }

        foreach (var group in groups)
        {
            var first = group[0].Report;
            string masked = first.MaskHistory ? ", the users' own history left out" : "";
            page.Append(CultureInfo.InvariantCulture, $"<h2>Full ranking, {first.Split} split{masked}</h2><p>{first.Describe()}, {first.Items:N0} items.</p>");
            AppendTable(page, group.Select(g => (g.Name, g.Report.Metrics)).Concat(first.Baselines.Select(b => (b.Key, b.Value))).ToList());
        }
    }

    private static void AppendCurves(StringBuilder page, List<LearningCurve> curves)
    {
        page.Append("<h2>Learning curves</h2><p>");
        for (int i = 0; i < curves.Count; i++)
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"key\" style=\"background:{SvgChart.Colour(i)}\"></span>{Text(curves[i].Name)} &nbsp; ");
        page.Append("</p><div class=\"charts\">");
        page.Append(SvgChart.Lines("Validation NDCG@10", curves.Select(c => c.Ndcg).ToList()));
        page.Append(SvgChart.Lines("Training loss", curves.Select(c => c.Loss).ToList()));
        page.Append("</div>");
    }

    private static void AppendSlices(StringBuilder page, string name, EvaluationReport report)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(name)}: by target item</h2>");
        AppendTable(page, report.Slices.Select(s => ($"{s.Key} ({s.Value.Users:N0})", s.Value.Metrics)).ToList());
    }

    private static void AppendTable(StringBuilder page, IReadOnlyList<(string Name, IReadOnlyDictionary<string, double> Metrics)> rows)
    {
        var columns = rows[0].Metrics.Keys.ToList();
        AppendCells(page, columns, rows.Select(row => (row.Name, columns.Select(c => row.Metrics.TryGetValue(c, out double value) ? value.ToString("F4", CultureInfo.InvariantCulture) : ""))));
    }

    private static void AppendRobustness(StringBuilder page, string name, RobustnessReport report)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(name)}: with degraded features</h2><p>{report.Users:N0} users, {report.Items:N0} items, {Text(report.Split)} split.</p>");
        AppendCells(page, RobustnessTable.Columns(report), RobustnessTable.Rows(report).Select(row => (row.Name, row.Cells.AsEnumerable())));
    }

    private static void AppendCells(StringBuilder page, IReadOnlyList<string> columns, IEnumerable<(string Name, IEnumerable<string> Cells)> rows)
    {
        page.Append("<table><tr><th></th>").AppendJoin("", columns.Select(c => $"<th>{Text(c)}</th>")).Append("</tr>");
        foreach (var (name, cells) in rows)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(name)}</td>").AppendJoin("", cells.Select(c => $"<td>{c}</td>")).Append("</tr>");
        page.Append("</table>");
    }

    private static string SettingsOf(RunFolder run) => Encoding.UTF8.GetString(RegularFile.ReadBytes(run.Config, "a run's configuration", JsonFile.Most));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>What a run's <c>metrics.jsonl</c> tells, an entry an epoch.</summary>
public sealed record LearningCurve(string Name, IReadOnlyList<double> Loss, IReadOnlyList<double> Ndcg)
{
    /// <summary>Reads the epochs that are there; a run that has none gives empty lists.</summary>
    public static LearningCurve Load(string name, RunFolder run, ILogger log)
    {
        var epochs = MetricsFile.Of(run, log);
        return new LearningCurve(
            name,
            epochs.Select(e => e.Loss).ToList(),
            epochs.Select(e => e.Validation.TryGetValue("ndcg@10", out double value) ? value : e.Validation.Last().Value).ToList());
    }
}

/// <summary>A line chart as an SVG element: one line a series over epochs, axes labelled at their ends.</summary>
public static class SvgChart
{
    private const int Width = 460, Height = 260, Left = 56, Right = 12, Top = 28, Bottom = 34;
    private static readonly string[] Colours = ["#1f6feb", "#d9480f", "#2b8a3e", "#862e9c", "#0b7285", "#c92a2a"];

    /// <summary>The colour of series <paramref name="index"/>.</summary>
    public static string Colour(int index) => Colours[index % Colours.Length];

    /// <summary>The chart.</summary>
    public static string Lines(string title, IReadOnlyList<IReadOnlyList<double>> series)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"16\" class=\"title\">{WebUtility.HtmlEncode(title)}</text>");
        var values = series.SelectMany(s => s).ToList();
        if (values.Count > 0)
        {
            double low = values.Min(), high = values.Max();
            if (high - low < 1e-12) high = low + 1e-12;
            int epochs = series.Max(s => s.Count);
            double X(int epoch) => Left + ((Width - Left - Right) * (epochs == 1 ? 0.5 : (double)epoch / (epochs - 1)));
            double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (value - low) / (high - low));
            for (int tick = 0; tick <= 4; tick++)
            {
                double value = low + ((high - low) * tick / 4);
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):F1}\" y2=\"{Y(value):F1}\" class=\"grid\"/>");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:F1}\" class=\"tick\" text-anchor=\"end\">{value:G3}</text>");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(0):F1}\" y=\"{Height - 12}\" class=\"tick\">1</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(epochs - 1):F1}\" y=\"{Height - 12}\" class=\"tick\" text-anchor=\"end\">epoch {epochs}</text>");
            for (int s = 0; s < series.Count; s++)
            {
                string points = string.Join(' ', series[s].Select((v, e) => string.Create(CultureInfo.InvariantCulture, $"{X(e):F1},{Y(v):F1}")));
                svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colour(s)}\" stroke-width=\"2\"/>");
            }
        }

        return svg.Append("</svg>").ToString();
    }
}
