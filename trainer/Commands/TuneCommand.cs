using System.CommandLine;
using System.Globalization;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>tune</c>: a search for settings by the validation split alone.</summary>
public static class TuneCommand
{
    private const int Shown = 10;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("search") { Description = "A JSON file that says what is searched (docs/STUDIES.md)." };
        var output = new Option<string>("--out") { Description = "Folder of the search: a run folder for each trial.", Required = true };
        var data = new DataOptions("search");
        var set = new Option<string[]>("--set") { Description = "A setting of every trial, as key=value; may be given often.", AllowMultipleArgumentsPerToken = false };
        var trials = WholeNumber.Optional("--trials", $"Trials that are drawn (default: the file's, or {new TuneConfig().Trials}).");
        var command = new Verb("tune",
            "Search for settings: draw trials at random from ranges, train all for a few epochs, the best of them for more, and so on (successive halving), judged by the validation split alone. What is trained is not trained again, so a search that was stopped goes on with the same command, and one that gets more trials trains the new ones.",
            "tune search.json --dataset market --features features --domain kitchen --out tuned",
            "tune search.json --dataset market --features features --domain kitchen --out tuned --trials 50 --set training.threads=1")
        {
            file, output, set, trials,
        };
        data.AddTo(command);
        return command.Does(
            (parsed, context, results) =>
            {
                var tune = JsonConfig.Load<TuneConfig>(parsed.GetRequiredValue(file), parsed.GetValue(trials) is { } number ? [string.Create(CultureInfo.InvariantCulture, $"trials={number}")] : []);
                var on = data.Read(parsed, tune.Data.Dataset.Length > 0 ? tune.Data : null);
                FinetuneCommand.RequireTarget(on.Dataset, on.Domain.Length > 0);
                string folder = parsed.GetRequiredValue(output);
                string[] more = parsed.GetValue(set) ?? [];
                var runs = new TuneRuns(tune, on, folder, context.Work);
                var done = runs.Complete(more);
                Print(results, tune, done);
                var best = done[0];
                string[] command =
                [
                    "unim2rec-train", "finetune", "--dataset", on.Dataset, "--features", on.Features, .. on.Domain.Length > 0 ? new[] { "--domain", on.Domain } : [], "--preset", tune.Preset,
                    .. tune.Set.Concat(more).Select(s => s.Replace("{domain}", on.Domain, StringComparison.Ordinal)).Concat(best.Settings).Append(string.Create(CultureInfo.InvariantCulture, $"training.epochs={tune.Epochs}")).SelectMany(s => new[] { "--set", s }),
                    "--out", Path.TrimEndingDirectorySeparator(folder) + "-best",
                ];
                results.Say("");
                results.Say("To train it again, with other seeds or data:");
                results.Command("command", VerbContext.Line(command));
                VerbContext.Next("unim2rec-train", "evaluate", "--run", Path.GetRelativePath(Environment.CurrentDirectory, best.Run.Path) is var near && near.StartsWith("..", StringComparison.Ordinal) ? best.Run.Path : near);
                return ExitCodes.Done;
            }, "what was computed is kept, and the same command goes on from there");
    }

    private static void Print(ResultWriter results, TuneConfig tune, IReadOnlyList<Trial> done)
    {
        string metric = done[0].Config.Training.Watch;
        results.Say($"{done.Count:N0} trials, validation {metric}");
        results.Say("");
        var table = new ResultTable("", "trial").Number("epochs").Number(metric);
        foreach (string key in tune.Search.Keys) table.Text(key[(key.LastIndexOf('.') + 1)..]);
        foreach (var trial in done.Take(Shown))
            table.Row([Path.GetFileName(trial.Run.Path), ResultCell.Count(trial.Epochs), ResultCell.Figure(trial.Figure), .. trial.Settings.Select(s => (ResultCell)s[(s.IndexOf('=') + 1)..])]);
        results.Add(table);
        if (done.Count > Shown) results.Say($"({done.Count - Shown:N0} more trials with --json)");
        results.Set("about", tune.About);
        results.Set("metric", metric);
        results.Set("trials", done.Select(t => new { Trial = t.Number, Run = t.Run.Path, t.Epochs, Figure = t.Figure, t.Settings }));
    }
}
