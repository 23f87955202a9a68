using System.CommandLine;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>report</c>: one HTML file about some runs.</summary>
public static class ReportCommand
{
    private const int MostUsers = 50;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runs = ListOption.Create("--runs", "Run folders; the report goes into the first. RUN:BASELINE sets a baseline that RUN was evaluated beside (as in compare) beside them.", required: true);
        var output = new Option<string?>("--out") { Description = "HTML file to write instead (default: report.html in the first run's folder)." };
        var users = WholeNumber.WithDefault("--users", "Sample users that are shown with their histories and what the best of the runs recommends to them. What users did is personal data.", 3, 0, MostUsers);
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file in --out even if it is no report." };
        var command = new Verb("report",
            "Write an HTML report: who is best and how sure that is, the data, learning curves, slices, degraded features, what models look like inside, sample users with pictures and reasons, cost and settings.",
            "report --runs runs/garden runs/scratch",
            "report --runs runs/garden runs/garden:ease",
            "report --runs runs/garden --users 0 --out garden.html")
        {
            runs, output, users, overwrite,
        };
        return command.Does((parsed, context) =>
        {
            var named = parsed.GetRequiredValue(runs).Select(ComparedRun.Parse).ToList();
            var folders = named.Where(n => n.Baseline is null).Select(n => n.Run).ToList();
            if (folders.Count == 0) throw UserErrorException.Usage($"A report is about runs, but --runs names baselines alone; name a run too, such as {named[0].Run.Path}");
            string path = parsed.GetValue(output) ?? folders[0].Report;
            OutputTarget.RequireOwnKind(path, "a report", file => OutputTarget.BeginsWith(file, HtmlReport.Beginning), parsed.GetValue(overwrite));
            AtomicFile.WriteText(path, HtmlReport.Render(folders, parsed.GetValue(users), context.Work, baselines: [.. named.Where(n => n.Baseline is not null)]));
            context.Log.Information("The report is in {File}", Path.GetFullPath(path));
            return ExitCodes.Done;
        });
    }
}
