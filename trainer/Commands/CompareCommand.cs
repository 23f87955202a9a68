using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>compare</c>: several evaluated runs side by side, with the paired difference of each to the first.</summary>
public static class CompareCommand
{
    private const int CutOff = 10;

    public static Command Create()
    {
        var runs = ListOption.Create("--runs", "Evaluated run folders.", required: true);
        var command = new Verb("compare",
            "Show evaluated runs side by side.",
            "compare --runs runs/garden runs/scratch")
        {
            runs,
        };
        return command.Does((parsed, context) =>
        {
            var folders = parsed.GetRequiredValue(runs).Select(RunFolder.Open).ToList();
            var reports = folders.Select(f => EvaluationReport.Load(f.Evaluation)).ToList();
            var rows = folders.Zip(reports, (f, r) => (Path.GetFileName(f.Path), r.Metrics)).ToList();
            rows.AddRange(reports[0].Baselines.Select(b => (b.Key, b.Value)));
            var console = ResultConsole.Create();
            MetricsTable.Print(console, rows);
            var first = RankFile.Load(folders[0].Ranks);
            foreach (var other in folders.Skip(1)) PrintDifference(console, folders[0], first, other);
            return ExitCodes.Done;
        });
    }

    private static void PrintDifference(IAnsiConsole console, RunFolder firstRun, IReadOnlyDictionary<string, double> first, RunFolder otherRun)
    {
        var other = RankFile.Load(otherRun.Ranks);
        var users = first.Keys.Where(other.ContainsKey).Order(StringComparer.Ordinal).ToList();
        if (users.Count == 0)
            throw new UserErrorException($"The runs {firstRun.Path} and {otherRun.Path} were evaluated on no user in common; compare runs of the same target domain.");
        var (mean, low, high) = PairedBootstrap.Difference(Gains(first), Gains(other));
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{Path.GetFileName(otherRun.Path)} − {Path.GetFileName(firstRun.Path)}: NDCG@{CutOff} {mean:+0.0000;-0.0000} (95% interval {low:+0.0000;-0.0000} to {high:+0.0000;-0.0000}, {users.Count} users)");

        double[] Gains(IReadOnlyDictionary<string, double> ranks) => users.Select(u => ranks[u] <= CutOff ? 1 / Math.Log2(ranks[u] + 1) : 0).ToArray();
    }
}

/// <summary><c>report</c>: one HTML file about some runs.</summary>
public static class ReportCommand
{
    public static Command Create()
    {
        var runs = ListOption.Create("--runs", "Run folders; the report goes into the first.", required: true);
        var output = new Option<string?>("--out") { Description = "HTML file to write instead." };
        var command = new Verb("report",
            "Write an HTML report: learning curves, metrics beside the baselines, slices.",
            "report --runs runs/garden runs/scratch")
        {
            runs, output,
        };
        return command.Does((parsed, context) =>
        {
            var folders = parsed.GetRequiredValue(runs).Select(RunFolder.Open).ToList();
            string path = parsed.GetValue(output) ?? folders[0].Report;
            AtomicFile.WriteText(path, HtmlReport.Render(folders));
            context.Log.Information("The report is in {File}", Path.GetFullPath(path));
            return ExitCodes.Done;
        });
    }
}
