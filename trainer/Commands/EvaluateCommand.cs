using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Session;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>evaluate</c>: full ranking of a split, beside popularity; or beside the same with degraded features.</summary>
public static class EvaluateCommand
{
    private const string Description = """
        Rank every item of the target domain for every user and write evaluation.json. With --remove or --noise, rank with degraded features too, and write robustness.json instead.

        Examples:
          unim2rec-train evaluate --run runs/garden
          unim2rec-train evaluate --run runs/garden --remove text --share 0.25 0.5 1
          unim2rec-train evaluate --run runs/garden --noise image --share 0.3 --noise-scale 0.5
        """;

    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder of finetune or pretrain.", Required = true };
        var split = new Option<string>("--split") { Description = "test or validation.", DefaultValueFactory = _ => "test" };
        split.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && given.Value is not ("test" or "validation")) result.AddError($"--split is '{given.Value}'; it must be test or validation");
        });
        var mask = new Option<bool>("--mask-history") { Description = "Take the user's own history out of the ranking." };
        var device = new Option<string?>("--device") { Description = "auto, cpu, cuda or cuda:n." };
        var degradations = new DegradationOptions();
        var command = new Command("evaluate", Description) { runOption, split, mask, device };
        degradations.AddTo(command);
        return command.Runs(_ => null, (parsed, context) =>
        {
            var run = RunFolder.Open(parsed.GetRequiredValue(runOption));
            var config = FinishedRun.Config(run, parsed.GetValue(device));
            if (parsed.GetValue(mask)) config = config with { Evaluation = config.Evaluation with { MaskHistory = true } };
            using var session = FinishedRun.Open(config, run, context);
            var ranking = new SplitRanking(session, config, run, parsed.GetRequiredValue(split), context);
            var asked = degradations.Read(parsed);
            string written = asked.Count == 0 ? Evaluate(session, config, run, ranking) : Degrade(session, config, run, ranking, asked);
            context.Log.Information("Written to {File}", written);
            return ExitCodes.Done;
        });
    }

    private static string Evaluate(RunSession session, RunConfig config, RunFolder run, SplitRanking ranking)
    {
        var (log, examples) = (session.Data.Log, ranking.Examples);
        using var catalogue = session.EncodeCatalogue();
        var ranks = ranking.Ranks(catalogue, "Ranking");
        var popularity = new Popularity(log, session.Data.Split, session.Data.Candidates, session.Features.ItemCount);
        RankFile.Save(run.Ranks, examples.Select(w => log.UserIds[w.User]).ToList(), ranks);
        var report = new EvaluationReport(
            ranking.Split,
            examples.Count,
            session.Data.Candidates.Length,
            ranking.Metrics(ranks),
            new Dictionary<string, IReadOnlyDictionary<string, double>> { ["popularity"] = ranking.Metrics(popularity.Ranks(examples, log)) },
            Slices.Compute(examples, ranks, log, popularity.Frequency, session.Data.Store, config.Evaluation.CutOffs));
        report.Save(run.Evaluation);
        MetricsTable.Print(ResultConsole.Create(), report, ModelNames.Of(config.Model.Kind));
        return run.Evaluation;
    }

    private static string Degrade(RunSession session, RunConfig config, RunFolder run, SplitRanking ranking, IReadOnlyList<Degradation> degradations)
    {
        var report = RobustnessEvaluation.Measure(session, config, ranking, degradations);
        RobustnessTable.Print(ResultConsole.Create(), report);
        if (File.Exists(run.Robustness)) report = report.With(RobustnessReport.Load(run.Robustness));
        report.Save(run.Robustness);
        return run.Robustness;
    }
}

/// <summary>The options of evaluate that say how features are degraded.</summary>
public sealed class DegradationOptions
{
    private readonly Option<string[]> _remove = Names("--remove", "Modalities that a share of the items loses, such as text or image.");
    private readonly Option<string[]> _noise = Names("--noise", "Modalities to which Gaussian noise is added for a share of the items.");
    private readonly Option<double[]> _share = DecimalNumber.Several("--share", "With --remove or --noise: share of the items, one or more.", 1);
    private readonly Option<double> _scale = DecimalNumber.WithDefault("--noise-scale", "With --noise: standard deviation, where 1 is the modality's own.", 1);
    private readonly Option<int> _seed = WholeNumber.WithDefault("--seed", "With --remove or --noise: chooses the items and the noise.", 1);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _remove, _noise, _share, _scale, _seed }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_remove) is not null || result.GetResult(_noise) is not null) return;
            foreach (var option in new Option[] { _share, _scale, _seed })
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --remove or --noise");
            }
        });
    }

    /// <summary>The degradations that are asked for, one for each share, ascending; none without --remove and --noise.</summary>
    public IReadOnlyList<Degradation> Read(ParseResult parsed)
    {
        var (removed, noised) = (List(_remove), List(_noise));
        if (removed.Count + noised.Count == 0) return [];
        return parsed.GetRequiredValue(_share).Distinct().Order()
            .Select(share => new Degradation(removed, noised, parsed.GetValue(_scale), share, parsed.GetValue(_seed))).ToList();

        List<string> List(Option<string[]> option) =>
            (parsed.GetValue(option) ?? []).SelectMany(n => n.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();
    }

    private static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true };
}
