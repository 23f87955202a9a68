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
        var dataset = new Option<string?>("--dataset") { Description = "Folder of the catalogue, where the study names no data." };
        var features = new Option<string?>("--features") { Description = "Folder of the feature store made from it." };
        var domain = new Option<string?>("--domain") { Description = "The target domain; may be left out where the catalogue has one." };
        domain.OfDatasetsDomains(dataset);
        var set = new Option<string[]>("--set") { Description = "A setting of every run, as key=value; may be given often.", AllowMultipleArgumentsPerToken = false };
        var command = new Verb("study",
            "Train the variants of a study with each of its seeds, evaluate and compare them. What is there already is not done again, so a study that was stopped goes on with the same command.",
            "study moe --dataset market --features features --domain kitchen --out studies/moe",
            "study my-study.json --out studies/mine --set training.threads=1")
        {
            study, output, dataset, features, domain, set,
        };
        return command.Does(
            (parsed, context, results) =>
            {
                var config = Studies.Load(parsed.GetRequiredValue(study));
                string folder = parsed.GetRequiredValue(output);
                foreach (var (name, data) in DataOf(config, parsed.GetValue(dataset), parsed.GetValue(features), parsed.GetValue(domain)))
                {
                    string where = name.Length == 0 ? folder : Path.Combine(folder, name);
                    var (runs, variants) = new StudyRuns(config, data, where, context.Work).Complete(parsed.GetValue(set) ?? [], PretrainCommand.Defaults);
                    var comparable = ComparableRuns.Open([.. runs.Select(run => run.EvaluationOf("test", run.LoadConfig().Evaluation.MaskHistory))]);
                    if (name.Length > 0) results.Say($"{name}:");
                    ComparisonTable.Print(results, new Comparison(comparable, variants), name.Length == 0 ? null : name);
                    string report = Path.Combine(where, "report.html");
                    AtomicFile.WriteText(report, HtmlReport.Render(runs, Users, context.Work, variants));
                    context.Log.Information("The report is in {File}", Path.GetFullPath(report));
                }

                return ExitCodes.Done;
            }, "what was computed is kept, and the same command goes on from there");
    }

    private static Dictionary<string, StudyData> DataOf(StudyConfig study, string? dataset, string? features, string? domain)
    {
        if (dataset is null && features is null && domain is null && study.Data.Count > 0) return study.Data;
        if (dataset is null || features is null) throw UserErrorException.Usage($"The study {(study.Data.Count > 0 ? "names data of its own, of which --dataset and --features can take the place together" : "names no data")}; give --dataset and --features");
        return new() { [""] = new() { Dataset = Path.GetFullPath(dataset), Features = Path.GetFullPath(features), Domain = domain ?? "" } };
    }
}
