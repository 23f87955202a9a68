using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The runs of a study on one of its data, which are trained and evaluated where they are not yet: a study that was stopped goes on where it was, and several programs that do the same study share its runs.</summary>
/// <param name="study">The study.</param>
/// <param name="data">What it is done on.</param>
/// <param name="folder">Where its runs are.</param>
/// <param name="context">Log, progress and what stops it.</param>
public sealed class StudyRuns(StudyConfig study, StudyData data, string folder, WorkContext context)
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);
    private readonly RunSeries _series = new(data, folder, context);

    /// <summary>Trains and evaluates what is missing.</summary>
    /// <param name="more">Settings of every run, from the command line.</param>
    /// <param name="pretraining">What pre-training starts from.</param>
    /// <returns>The runs, and which of them are which variant's.</returns>
    /// <exception cref="UserErrorException">A run can't be trained, or one that is there was trained otherwise than the study says.</exception>
    public (IReadOnlyList<RunFolder> Runs, IReadOnlyList<Variant> Variants) Complete(IReadOnlyList<string> more, RunConfig pretraining)
    {
        var pending = (from variant in study.Variants from seed in study.Seeds select new StudyRun(variant.Key, variant.Value, seed)).ToList();
        var done = new Dictionary<(string, int), RunFolder>();
        int all = pending.Count;
        for (bool isFirst = true; pending.Count > 0; isFirst = false)
        {
            if (!isFirst && context.Cancellation.WaitHandle.WaitOne(Wait)) context.Cancellation.ThrowIfCancellationRequested();
            foreach (var next in pending.ToList())
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (TryHold(next, tells: isFirst) is not { } held) continue;
                using (held) done[(next.Name, next.Seed)] = Complete(next, more, pretraining, (done.Count + 1, all));
                pending.Remove(next);
            }
        }

        return (
            [.. study.Variants.Keys.SelectMany(_ => study.Seeds, (name, seed) => done[(name, seed)])],
            [.. study.Variants.Keys.Select((name, v) => new Variant(name, [.. Enumerable.Range(v * study.Seeds.Count, study.Seeds.Count)]))]);
    }

    /// <summary>Trains and evaluates a run that this program holds.</summary>
    private RunFolder Complete(StudyRun next, IReadOnlyList<string> more, RunConfig pretraining, (int Number, int All) place)
    {
        var (name, variant, seed) = next;
        var run = FolderOf(name, seed);
        string[] settings = [.. study.Set, .. variant.Set, .. more, FormattableString.Invariant($"training.seed={seed}")];
        var config = _series.Config(variant.Preset, settings, new RunConfig());
        RunSeries.RequireSame(run, config, "study");
        bool isDone = IsEvaluated(run) && Missing(run).Count == 0;
        context.Log.Information("Study: run {Number} of {All}, {Variant:l} with seed {Seed}{Done:l}", place.Number, place.All, name, seed, isDone ? ", is there already" : "");
        if (isDone) return run;
        _series.Train(run, config, Source(name, variant, seed, settings, pretraining));
        Evaluate(run);
        return run;
    }

    /// <summary>Lets this program alone complete a run, as the same study may be under way in another; null where it is that program's.</summary>
    private FolderLock? TryHold(StudyRun next, bool tells)
    {
        string? other = null;
        try
        {
            return FolderLock.Take(Path.Combine(folder, FormattableString.Invariant($"{next.Name}-{next.Seed}.lock")), holder => other = holder);
        }
        catch (UserErrorException) when (other is not null)
        {
            if (tells) context.Log.Information("Study: {Variant:l} with seed {Seed} is left to {Other:l}, and waited for at the end", next.Name, next.Seed, other);
            return null;
        }
    }

    /// <summary>The pre-trained run that a variant starts from; null where it starts from scratch.</summary>
    private RunFolder? Source(string name, StudyVariant variant, int seed, IReadOnlyList<string> settings, RunConfig pretraining)
    {
        if (variant.PretrainOn.Count == 0) return null;
        var run = FolderOf($"{name}-pretrained", seed);
        // What is left of the target domain's events concerns that domain, not those that are pre-trained on.
        var config = _series.Config(variant.Preset, [.. settings, "data.targetEvents=0"], pretraining, variant.PretrainOn);
        RunSeries.RequireSame(run, config, "study");
        _series.Train(run, config);
        return run;
    }

    private RunFolder FolderOf(string name, int seed) => _series.FolderOf(FormattableString.Invariant($"{name}-{seed}"));

    private static EvaluationFiles FilesOf(RunFolder run) => run.EvaluationOf("test", run.LoadConfig().Evaluation.MaskHistory);

    private static bool IsEvaluated(RunFolder run) => run.HasRun && FilesOf(run) is var files && FileKinds.Of(files.Evaluation) != FileKind.Missing && FileKinds.Of(files.Ranks) != FileKind.Missing;

    private void Evaluate(RunFolder run)
    {
        if (!IsEvaluated(run))
        {
            using var session = Session.Open(run, context);
            session.Evaluate("test").Save(run);
        }

        // What a model keeps of degraded items is changed by them, so each group has a session of its own.
        foreach (var group in Missing(run))
        {
            using var session = Session.Open(run, context);
            session.MeasureRobustness("test", group).SaveBeside(run.Robustness);
        }
    }

    /// <summary>The degradations, in groups, that the study asks for and that were not measured yet; a modality that the data lack is none that a run reads.</summary>
    private List<IReadOnlyList<Degradation>> Missing(RunFolder run)
    {
        if (study.Degrade is null) return [];
        var done = FileKinds.Of(run.Robustness) == FileKind.Missing ? [] : RobustnessReport.Load(run.Robustness) is { Split: "test" } known ? known.Degraded.Select(d => Key(d.Degradation)).ToHashSet() : [];
        var modalities = run.LoadConfig().Data.Modalities;
        if (modalities.Count == 0)
        {
            using var session = Session.Open(run, context with { Log = Serilog.Core.Logger.None });
            modalities = session.Features.Names;
        }

        return [.. study.Degrade.Of(modalities).Where(group => !group.All(d => done.Contains(Key(d))))];

        static (string, bool, double, int) Key(Degradation d) => (d.Kind(), d.Histories, d.Share, d.Seed);
    }

    private sealed record StudyRun(string Name, StudyVariant Variant, int Seed);
}
