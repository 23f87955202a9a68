using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The runs of a study on one of its data, which are trained and evaluated where they are not yet: a study that was stopped goes on where it was.</summary>
/// <param name="study">The study.</param>
/// <param name="data">What it is done on.</param>
/// <param name="folder">Where its runs are.</param>
/// <param name="context">Log, progress and what stops it.</param>
public sealed class StudyRuns(StudyConfig study, StudyData data, string folder, WorkContext context)
{
    /// <summary>Trains and evaluates what is missing.</summary>
    /// <param name="more">Settings of every run, from the command line.</param>
    /// <param name="pretraining">What pre-training starts from.</param>
    /// <returns>The runs, and which of them are which variant's.</returns>
    /// <exception cref="UserErrorException">A run can't be trained, or one that is there was trained otherwise than the study says.</exception>
    public (IReadOnlyList<RunFolder> Runs, IReadOnlyList<Variant> Variants) Complete(IReadOnlyList<string> more, RunConfig pretraining)
    {
        var runs = new List<RunFolder>();
        var variants = new List<Variant>();
        int done = 0, all = study.Variants.Count * study.Seeds.Count;
        foreach (var (name, variant) in study.Variants)
        {
            int first = runs.Count;
            foreach (int seed in study.Seeds)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var run = FolderOf(name, seed);
                string[] settings = Settings(variant, seed, more);
                var config = Config(variant, new RunConfig(), data.Domain.Length > 0 ? [.. settings, $"data.targets={data.Domain}"] : settings);
                if (run.HasRun) RequireSame(run, config);
                bool isDone = IsEvaluated(run);
                context.Log.Information("Study: run {Number} of {All}, {Variant:l} with seed {Seed}{Done:l}", ++done, all, name, seed, isDone ? ", is there already" : "");
                if (!isDone)
                {
                    Train(run, config, Source(name, variant, seed, settings, pretraining));
                    Evaluate(run);
                }

                runs.Add(run);
            }

            variants.Add(new(name, [.. Enumerable.Range(first, study.Seeds.Count)]));
        }

        return (runs, variants);
    }

    /// <summary>The pre-trained run that a variant starts from; null where it starts from scratch.</summary>
    private RunFolder? Source(string name, StudyVariant variant, int seed, string[] settings, RunConfig pretraining)
    {
        if (variant.PretrainOn.Count == 0) return null;
        string domains = string.Join(',', variant.PretrainOn);
        var run = FolderOf($"{name}-pretrained", seed);
        var config = Config(variant, pretraining, [.. settings, $"data.flow={domains}", $"data.targets={domains}"]);
        if (run.HasRun) RequireSame(run, config);
        Train(run, config, null);
        return run;
    }

    private string[] Settings(StudyVariant variant, int seed, IReadOnlyList<string> more) =>
    [
        .. study.Set.Concat(variant.Set).Concat(more).Select(setting => setting.Replace("{domain}", data.Domain, StringComparison.Ordinal)),
        FormattableString.Invariant($"training.seed={seed}"), $"data.dataset={Path.GetFullPath(data.Dataset)}", $"data.features={Path.GetFullPath(data.Features)}",
    ];

    private static RunConfig Config(StudyVariant variant, RunConfig defaults, string[] settings)
    {
        var config = JsonConfig.Load(Presets.PathOf(variant.Preset), settings, defaults);
        ModelRegistry.Check(config.Model);
        return config;
    }

    private RunFolder FolderOf(string name, int seed)
    {
        var run = new RunFolder(Path.Combine(folder, FormattableString.Invariant($"{name}-{seed}")));
        RunBeginning.FinishIfDecided(run);
        return run;
    }

    /// <summary>Begins a run, or goes on with it; one that was trained to its end ends at once.</summary>
    private void Train(RunFolder run, RunConfig config, RunFolder? source)
    {
        using var session = run.HasRun ? Session.Resume(run.LoadConfig(), run, context) : Session.Create(config, RunFolder.Create(run.Path, resume: false, overwrite: false), context, source);
        session.Train();
    }

    /// <summary>What is left to the data is known to the run, and not yet to the study.</summary>
    private static void RequireSame(RunFolder run, RunConfig config)
    {
        var kept = RunIdentity.SettingsOf(run.LoadConfig());
        foreach (var (key, value) in RunIdentity.SettingsOf(config))
        {
            if (value.Length > 0 && kept.TryGetValue(key, out string? own) && own != value && key is not ("training.threads" or "training.device" or "data.dataset" or "data.features"))
                throw new UserErrorException($"The run {run.Path} has {key}={own}, but the study says {key}={value}; give another --out, or delete the run's folder, so that it is trained again.");
        }
    }

    private static EvaluationFiles FilesOf(RunFolder run) => run.EvaluationOf("test", run.LoadConfig().Evaluation.MaskHistory);

    private static bool IsEvaluated(RunFolder run) => run.HasRun && FilesOf(run) is var files && FileKinds.Of(files.Evaluation) != FileKind.Missing && FileKinds.Of(files.Ranks) != FileKind.Missing;

    private void Evaluate(RunFolder run)
    {
        using var session = Session.Open(run, context);
        session.Evaluate("test").Save(run);
    }
}
