using System.CommandLine;
using System.Globalization;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>compare</c>: several evaluated runs side by side, with the paired difference of each to the first.</summary>
public static class CompareCommand
{
    private const int CutOff = 10;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runs = ListOption.Create("--runs", "Evaluated run folders.", required: true);
        var split = SplitOption.Create("Which evaluations: of the test or the validation split.");
        var mask = new Option<bool>("--mask-history") { Description = "Which evaluations: those of evaluate --mask-history." };
        var command = new Verb("compare",
            "Show evaluated runs side by side, with the paired difference of each to the first.",
            "compare --runs runs/garden runs/scratch")
        {
            runs, split, mask,
        };
        return command.Does((parsed, context, results) =>
        {
            var folders = parsed.GetRequiredValue(runs).Select(RunFolder.Open).ToList();
            var (part, masked) = (parsed.GetRequiredValue(split), parsed.GetValue(mask));
            var names = folders.Select(f => Path.GetFileName(f.Path)).ToList();
            var comparable = ComparableRuns.Open(folders.Select(f => f.EvaluationOf(part, masked)).ToList());
            var rows = names.Select((name, i) => (name, comparable.Metrics(i))).ToList();
            // The baselines' ranks are not kept: their figures are of all users.
            if (comparable.LeftOut == 0) rows.AddRange(comparable.Reports[0].Baselines.Select(b => (b.Key, b.Value)));
            else context.Log.Warning("{Users:N0} users, whom not all of the runs rank for, are left out", comparable.LeftOut);
            results.Add(MetricsTable.Of("runs", "run", rows));
            for (int i = 1; i < names.Count; i++) PrintDifference(results, comparable, names, i);
            VerbContext.Next(["unim2rec-train", "report", "--runs", .. parsed.GetRequiredValue(runs)]);
            return ExitCodes.Done;
        });
    }

    private static void PrintDifference(ResultWriter results, ComparableRuns runs, IReadOnlyList<string> names, int other)
    {
        var (mean, low, high) = PairedBootstrap.Difference(runs.Gains(0, CutOff), runs.Gains(other, CutOff));
        results.Say(string.Create(CultureInfo.InvariantCulture,
            $"{names[other]} − {names[0]}: NDCG@{CutOff} {mean:+0.0000;-0.0000} (95% interval {low:+0.0000;-0.0000} to {high:+0.0000;-0.0000}, {runs.Users.Count} users)"));
    }
}

/// <summary><c>report</c>: one HTML file about some runs.</summary>
public static class ReportCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runs = ListOption.Create("--runs", "Run folders; the report goes into the first.", required: true);
        var output = new Option<string?>("--out") { Description = "HTML file to write instead." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file in --out even if it is no report." };
        var command = new Verb("report",
            "Write an HTML report: learning curves, metrics beside the baselines, slices.",
            "report --runs runs/garden runs/scratch")
        {
            runs, output, overwrite,
        };
        return command.Does((parsed, context) =>
        {
            var folders = parsed.GetRequiredValue(runs).Select(RunFolder.Open).ToList();
            string path = parsed.GetValue(output) ?? folders[0].Report;
            OutputTarget.RequireOwnKind(path, "a report", file => OutputTarget.BeginsWith(file, HtmlReport.Beginning), parsed.GetValue(overwrite));
            AtomicFile.WriteText(path, HtmlReport.Render(folders, context.Log));
            context.Log.Information("The report is in {File}", Path.GetFullPath(path));
            return ExitCodes.Done;
        });
    }
}
