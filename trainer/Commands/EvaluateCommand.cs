using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sequences;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>evaluate</c>: full ranking of a split, beside popularity.</summary>
public static class EvaluateCommand
{
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder of finetune or pretrain.", Required = true };
        var split = new Option<string>("--split") { Description = "test or validation.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "validation");
        var mask = new Option<bool>("--mask-history") { Description = "Take the user's own history out of the ranking." };
        var device = new Option<string?>("--device") { Description = "auto, cpu, cuda or cuda:n." };
        var command = new Command("evaluate",
            "Rank every item of the target domain for every user and write evaluation.json.\n\nExample:\n  unim2rec-train evaluate --run runs/garden")
        {
            runOption, split, mask, device,
        };
        return command.Runs(_ => null, (parsed, context) =>
        {
            var run = RunFolder.Open(parsed.GetRequiredValue(runOption));
            var config = FinishedRun.Config(run, parsed.GetValue(device));
            if (parsed.GetValue(mask)) config = config with { Evaluation = config.Evaluation with { MaskHistory = true } };
            using var session = FinishedRun.Open(config, run, context);
            var report = Evaluate(session, config, run, parsed.GetRequiredValue(split), context);
            report.Save(run.Evaluation);
            MetricsTable.Print(ResultConsole.Create(), report, config.Model.Kind.ToString());
            context.Log.Information("Written to {File}", run.Evaluation);
            return ExitCodes.Done;
        });
    }

    private static EvaluationReport Evaluate(RunSession session, RunConfig config, RunFolder run, string part, CommandContext context)
    {
        var (log, held) = (session.Data.Log, session.Data.Split);
        var planner = new WindowPlanner(log, session.Data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix);
        var windows = planner.HeldOut(part == "test" ? held.TestOf : held.ValidationOf);
        if (windows.Count == 0)
            throw new UserErrorException($"No user of the run {run.Path} has a {part} target; evaluate a run of finetune, or give --split validation.");

        using var catalogue = session.EncodeCatalogue();
        var ranking = new FullRanking(log, session.Model, catalogue, session.Evidence(config), session.Device, config.Evaluation.BatchUsers, config.Evaluation.MaskHistory);
        int[] ranks;
        using (var task = context.Progress.Start("Ranking", windows.Count, "users")) ranks = ranking.Ranks(windows, task, context.Cancellation);

        var popularity = new Popularity(log, held, session.Data.Candidates, session.Features.ItemCount);
        RankFile.Save(run.Ranks, windows.Select(w => log.UserIds[w.User]).ToList(), ranks);
        return new EvaluationReport(
            part,
            windows.Count,
            session.Data.Candidates.Length,
            RankingMetrics.Compute(ranks, config.Evaluation.CutOffs),
            new Dictionary<string, IReadOnlyDictionary<string, double>>
            {
                ["popularity"] = RankingMetrics.Compute(popularity.Ranks(windows, log), config.Evaluation.CutOffs),
            },
            Slices.Compute(windows, ranks, log, popularity.Frequency, session.Data.Store, config.Evaluation.CutOffs));
    }
}
