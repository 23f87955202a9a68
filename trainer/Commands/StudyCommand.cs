using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>study</c>: variants × seeds × data from one file, trained once each, compared and reported.</summary>
public static class StudyCommand
{
    private const int Users = 3;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var study = new Argument<string>("study") { Description = $"One that comes with the program ({string.Join(", ", Studies.Names)}), or a JSON file (docs/STUDIES.md)." };
        study.CompletionSources.Add([.. Studies.Names]);
        var output = new Option<string>("--out") { Description = "Folder of the study: a run folder for each variant and seed, and report.html.", Required = true };
        var data = new DataOptions("study");
        var set = new Option<string[]>("--set") { Description = "A setting of every run, as key=value; may be given often.", AllowMultipleArgumentsPerToken = false };
        var command = new Verb("study",
            "Train the variants of a study with each of its seeds, evaluate and compare them. What is there already is not done again, so a study that was stopped goes on with the same command.",
            "study moe --dataset market --features features --domain kitchen --out studies/moe",
            "study my-study.json --out studies/mine --set training.threads=1")
        {
            study, output, set,
        };
        data.AddTo(command);
        return command.Does(
            (parsed, context, results) =>
            {
                var config = Studies.Load(parsed.GetRequiredValue(study));
                string folder = parsed.GetRequiredValue(output);
                var all = config.Data.Count > 0 && data.AreLeftOut(parsed) ? config.Data : new() { [""] = data.Read(parsed, config.Data.Values.FirstOrDefault()) };
                foreach (var (name, on) in all)
                {
                    string where = name.Length == 0 ? folder : Path.Combine(folder, name);
                    var (runs, variants) = new StudyRuns(config, on, where, context.Work).Complete(parsed.GetValue(set) ?? [], PretrainCommand.Defaults);
                    var comparable = ComparableRuns.Open([.. runs.Select(run => run.EvaluationOf("test", run.LoadConfig().Evaluation.MaskHistory))]);
                    if (name.Length > 0) results.Say($"{name}:");
                    ComparisonTable.Print(results, new Comparison(comparable, variants), name.Length == 0 ? null : name);
                    DegradedTable.Print(results, runs, variants, name);
                    string report = Path.Combine(where, "report.html");
                    AtomicFile.WriteText(report, HtmlReport.Render(runs, Users, context.Work, variants));
                    context.Log.Information("The report is in {File}", Path.GetFullPath(report));
                }

                return ExitCodes.Done;
            }, "what was computed is kept, and the same command goes on from there");
    }
}
