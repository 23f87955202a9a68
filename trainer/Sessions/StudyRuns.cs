using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The runs of a study on one of its data, which are trained and evaluated where they are not yet: a study that was stopped goes on where it was.</summary>
/// <param name="study">The study.</param>
/// <param name="data">What it is done on.</param>
/// <param name="folder">Where its runs are.</param>
/// <param name="context">Log, progress and what stops it.</param>
public sealed class StudyRuns(StudyConfig study, StudyData data, string folder, WorkContext context)
{
    private readonly RunSeries _series = new(data, folder, context);

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
                string[] settings = [.. study.Set, .. variant.Set, .. more, FormattableString.Invariant($"training.seed={seed}")];
                var config = _series.Config(variant.Preset, settings, new RunConfig());
                RunSeries.RequireSame(run, config, "study");
                bool isDone = IsEvaluated(run);
                context.Log.Information("Study: run {Number} of {All}, {Variant:l} with seed {Seed}{Done:l}", ++done, all, name, seed, isDone ? ", is there already" : "");
                if (!isDone)
                {
                    _series.Train(run, config, Source(name, variant, seed, settings, pretraining));
                    Evaluate(run);
                }

                runs.Add(run);
            }

            variants.Add(new(name, [.. Enumerable.Range(first, study.Seeds.Count)]));
        }

        return (runs, variants);
    }

    /// <summary>The pre-trained run that a variant starts from; null where it starts from scratch.</summary>
    private RunFolder? Source(string name, StudyVariant variant, int seed, IReadOnlyList<string> settings, RunConfig pretraining)
    {
        if (variant.PretrainOn.Count == 0) return null;
        var run = FolderOf($"{name}-pretrained", seed);
        var config = _series.Config(variant.Preset, settings, pretraining, variant.PretrainOn);
        RunSeries.RequireSame(run, config, "study");
        _series.Train(run, config);
        return run;
    }

    private RunFolder FolderOf(string name, int seed) => _series.FolderOf(FormattableString.Invariant($"{name}-{seed}"));

    private static EvaluationFiles FilesOf(RunFolder run) => run.EvaluationOf("test", run.LoadConfig().Evaluation.MaskHistory);

    private static bool IsEvaluated(RunFolder run) => run.HasRun && FilesOf(run) is var files && FileKinds.Of(files.Evaluation) != FileKind.Missing && FileKinds.Of(files.Ranks) != FileKind.Missing;

    private void Evaluate(RunFolder run)
    {
        using var session = Session.Open(run, context);
        session.Evaluate("test").Save(run);
    }
}
