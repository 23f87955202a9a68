using System.CommandLine;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>report</c>: one HTML file about some runs.</summary>
public static class ReportCommand
{
    public static Command Create()
    {
        var runs = new Option<string[]>("--runs") { Description = "Run folders; the report goes into the first.", Required = true, AllowMultipleArgumentsPerToken = true };
        var output = new Option<string?>("--out") { Description = "HTML file to write instead." };
        var command = new Command("report",
            "Write an HTML report: learning curves, metrics beside the baselines, slices.\n\nExample:\n  unim2rec-train report --runs runs/garden runs/scratch")
        {
            runs, output,
        };
        return command.Runs(_ => null, (parsed, context) =>
        {
            var folders = parsed.GetRequiredValue(runs).Select(RunFolder.Open).ToList();
            string path = parsed.GetValue(output) ?? folders[0].Report;
            AtomicFile.WriteText(path, HtmlReport.Render(folders));
            context.Log.Information("The report is in {File}", Path.GetFullPath(path));
            return ExitCodes.Done;
        });
    }
}
