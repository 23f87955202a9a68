using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>evaluate</c>: full ranking of a split, beside popularity; or beside the same with degraded features.</summary>
public static class EvaluateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runOption = ListOption.Create("--run", "Run folder of finetune or pretrain, or several.", required: true);
        var split = SplitOption.Create("test or validation; each is kept in a file of its own. A pre-trained run has the second alone, which is taken if none is given.");
        var domain = ListOption.Create("--domain", "Domains whose items are ranked: any of the feature store's, also one that training did not see (zero-shot) (default: the run's own targets).");
        domain.OfRunsDomains(parsed => parsed.GetValue(runOption)?.FirstOrDefault());
        var mask = new Option<bool>("--mask-history") { Description = "Take the user's own history out of the ranking." };
        var device = DeviceOption.Create();
        var degradations = new DegradationOptions();
        var command = new Verb(
            "evaluate",
            "Rank every item of the target domain for every user, and write evaluation-test.json or, with another split or masking, its sibling. Several runs end with mean and standard deviation. With --remove or --noise, rank with degraded features too, and write robustness.json instead.",
            "evaluate --run runs/garden",
            "evaluate --run runs/garden-1 runs/garden-2 runs/garden-3",
            "evaluate --run runs/pretrained --domain garden",
            "evaluate --run runs/garden --remove text --share 0.25 0.5 1",
            "evaluate --run runs/garden --remove image --share 0.5 0.95 --histories",
            "evaluate --run runs/garden --noise image --share 0.3 --noise-scale 0.5")
        {
            runOption, split, domain, mask, device,
        };
        degradations.AddTo(command);
        degradations.Excludes(command, domain);
        return command.Does((parsed, context, results) =>
        {
            var asked = degradations.Read(parsed);
            string[] named = parsed.GetRequiredValue(runOption);
            if (asked.Count > 0 && named.Length > 1) throw UserErrorException.Usage($"--remove or --noise was given with {named.Length} runs, but one is degraded at a time; give one --run");
            var runs = named.Select(RunFolder.Open).ToList();
            var reports = new List<(string, EvaluationReport)>();
            foreach (var run in runs)
            {
                using var session = Session.Open(run, context.Work, config => RunOptions.OnDevice(config, parsed.GetValue(device)) with
                {
                    Evaluation = config.Evaluation with { MaskHistory = parsed.GetValue(mask) || config.Evaluation.MaskHistory },
                }, parsed.GetValue(domain));
                string part = parsed.GetResult(split) is { Implicit: false } ? parsed.GetRequiredValue(split) : session.Split;
                if (parsed.GetResult(split) is not { Implicit: false } && part == "validation") context.Log.Information("The run holds out what its epochs were chosen by, and nothing else: that is what is ranked (--split validation)");
                if (asked.Count > 0)
                {
                    context.Log.Information("Written to {File}", Degrade(results, session, part, asked));
                    continue;
                }

                var evaluation = session.Evaluate(part);
                reports.Add((Path.GetFileName(run.Path), evaluation.Report));
                context.Log.Information("Written to {File}", evaluation.Save(run));
                if (runs.Count == 1) MetricsTable.Print(results, evaluation.Report, ModelRegistry.Find(session.Config.Model.Kind).Title);
            }

            if (reports.Count > 1)
            {
                ComparableRuns.RequireAlike(reports);
                MetricsTable.Print(results, reports);
            }

            VerbContext.Next(["unim2rec-train", runs.Count > 1 ? "compare" : "report", "--runs", .. named]);
            return ExitCodes.Done;
        });
    }

    private static string Degrade(ResultWriter results, Session session, string split, IReadOnlyList<Degradation> degradations)
    {
        var report = session.MeasureRobustness(split, degradations);
        RobustnessTable.Print(results, report);
        string path = session.Run.Robustness;
        report.SaveBeside(path);
        return path;
    }
}

/// <summary><c>--split</c>, test unless it is given.</summary>
internal static class SplitOption
{
    public static Option<string> Create(string description)
    {
        var split = new Option<string>("--split") { Description = description, DefaultValueFactory = _ => "test" };
        split.CompletionSources.Add("test", "validation");
        split.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && given.Value is not ("test" or "validation")) result.AddError($"--split is '{given.Value}'; it must be test or validation");
        });
        return split;
    }
}

/// <summary>The options of evaluate that say how features are degraded.</summary>
public sealed class DegradationOptions
{
    private readonly Option<string[]> _remove = ListOption.Create("--remove", "Modalities that a share of the items loses, such as text or image.");
    private readonly Option<string[]> _noise = ListOption.Create("--noise", "Modalities to which Gaussian noise is added for a share of the items.");
    private readonly Option<double[]> _share = DecimalNumber.Several("--share", "With --remove or --noise: share of the items (or users), one or more.", 1);
    private readonly Option<double> _scale = DecimalNumber.WithDefault("--noise-scale", "With --noise: standard deviation, where 1 is the modality's own.", 1);
    private readonly Option<bool> _histories = new("--histories")
    {
        Description = "With --remove or --noise: take the share of the users, whose histories' items are all degraded, and leave the candidates as they are.",
    };

    private readonly Option<int> _seed = WholeNumber.WithDefault("--seed", "With --remove or --noise: chooses the items and the noise.", 1);

    /// <summary>Gives a verb the options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _remove, _noise, _share, _histories, _scale, _seed }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_remove) is not null || result.GetResult(_noise) is not null) return;
            foreach (var option in new Option[] { _share, _histories, _scale, _seed })
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --remove or --noise");
            }
        });
    }

    /// <summary>Refuses them together with an option.</summary>
    internal void Excludes(Command command, Option other) => command.Validators.Add(result =>
    {
        if (result.GetResult(other) is not null && (result.GetResult(_remove) is not null || result.GetResult(_noise) is not null)) result.AddError($"{other.Name} can't be given with --remove or --noise, which concern the run's own targets");
    });

    /// <summary>The degradations that are asked for, one for each share, ascending; none without --remove and --noise.</summary>
    public IReadOnlyList<Degradation> Read(ParseResult parsed)
    {
        var (removed, noised) = (List(_remove), List(_noise));
        if (removed.Count + noised.Count == 0) return [];
        return parsed.GetRequiredValue(_share).Distinct().Order()
            .Select(share => new Degradation(removed, noised, parsed.GetValue(_scale), share, parsed.GetValue(_seed), parsed.GetValue(_histories))).ToList();

        List<string> List(Option<string[]> option) => (parsed.GetValue(option) ?? []).Distinct().ToList();
    }
}
