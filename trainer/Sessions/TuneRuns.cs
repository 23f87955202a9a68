using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// The trials of a search, each a run folder, judged by the validation split alone. What is trained stays trained: a search that was stopped goes on where it
/// was, one with more trials trains the new ones, and a trial that goes on to more epochs does so from its checkpoint. A trial is judged by its first epochs
/// as long as the round has them, whatever was trained since, so that the outcome is that of a search that was done at once.
/// </summary>
/// <param name="tune">The search.</param>
/// <param name="data">What it is done on.</param>
/// <param name="folder">Where its runs are.</param>
/// <param name="context">Log, progress and what stops it.</param>
public sealed class TuneRuns(TuneConfig tune, StudyData data, string folder, WorkContext context)
{
    /// <summary>Says, beside a run, that its training came to numbers that are none, so that it is not tried again.</summary>
    private const string DivergedFile = "diverged.txt";

    private readonly WorkContext _quiet = context with { Log = new Serilog.LoggerConfiguration().MinimumLevel.Warning().WriteTo.Logger(context.Log).CreateLogger() };

    /// <summary>The rounds.</summary>
    public SuccessiveHalving Halving { get; } = new(tune.Trials, tune.Rounds, tune.Eta, tune.Epochs);

    /// <summary>Trains what is missing.</summary>
    /// <param name="more">Settings of every trial, from the command line.</param>
    /// <returns>All trials, the best first: those of the last round, then those that went less far.</returns>
    /// <exception cref="UserErrorException">A setting or range is wrong, or a run that is there was trained otherwise.</exception>
    public IReadOnlyList<Trial> Complete(IReadOnlyList<string> more)
    {
        var series = new RunSeries(data, folder, _quiet);
        var space = new SearchSpace(tune, settings => series.Config(tune.Preset, [.. tune.Set, .. more, .. settings], new RunConfig()));
        var drawn = space.Draw().Select((t, i) => new Trial(i + 1, t.Settings, series.FolderOf($"trial-{i + 1:000}"), t.Config, 0, 0)).ToList();
        foreach (var trial in drawn) RunSeries.RequireSame(trial.Run, trial.Config, "search", "training.epochs");
        var done = new List<Trial>();
        var left = drawn;
        for (int round = 0; round < tune.Rounds; round++)
        {
            left = [.. left.Select((trial, i) => Reach(series, trial, round, $"{i + 1} of {left.Count}")).OrderByDescending(t => t.Figure).ThenBy(t => t.Number)];
            int kept = round == tune.Rounds - 1 ? left.Count : Halving.Kept(round + 1);
            done.InsertRange(0, round == tune.Rounds - 1 ? left : left[kept..]);
            left = left[..kept];
        }

        // A kill between the last epoch and what follows it leaves a run without; to end again costs no epoch.
        if (done[0] is { Config: { JoinsCollaborative: true, Collaborative.Fit: true } } best && !IsDiverged(best.Run)) series.Train(best.Run, At(best.Config, Halving.Epochs(tune.Rounds - 1)));
        return done;
    }

    /// <summary>The trial after a round.</summary>
    private Trial Reach(RunSeries series, Trial trial, int round, string which)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        int epochs = Halving.Epochs(round);
        bool isThere = IsDiverged(trial.Run) || (trial.Run.HasRun && RunCheckpoints.NewestPosition(trial.Run) is { } position && !position.GoesOn(At(trial.Config, epochs).Training));
        if (!isThere) Train(series, trial, epochs);
        var figures = MetricsFile.Of(trial.Run, _quiet.Log).Where(e => e.Epoch <= epochs).Select(e => e.Validation[trial.Config.Training.Watch]).ToList();
        var reached = trial with { Epochs = figures.Count, Figure = figures.DefaultIfEmpty(0).Max() };
        context.Log.Information(
            "Round {Round} of {Rounds}, {Which:l}: {Name:l}, {Metric:l} {Figure:F4} after {Epochs} epochs{There:l} ({Settings:l})",
            round + 1, tune.Rounds, which, Path.GetFileName(trial.Run.Path), trial.Config.Training.Watch, reached.Figure, reached.Epochs,
            IsDiverged(trial.Run) ? ", no numbers any more" : isThere ? ", is there already" : "", string.Join(' ', trial.Settings));
        return reached;
    }

    private static void Train(RunSeries series, Trial trial, int epochs)
    {
        try
        {
            series.Train(trial.Run, At(trial.Config, epochs));
        }
        catch (UserErrorException diverged) when (diverged.InnerException is NotFiniteNumberException)
        {
            AtomicFile.WriteText(Path.Combine(trial.Run.Path, DivergedFile), diverged.Message + "\n");
        }
    }

    private static bool IsDiverged(RunFolder run) => FileKinds.Of(Path.Combine(run.Path, DivergedFile)) != FileKind.Missing;

    private static RunConfig At(RunConfig config, int epochs) => config with { Training = config.Training with { Epochs = epochs } };
}

/// <summary>Settings that were drawn, and how good they are.</summary>
/// <param name="Number">Which of those that were drawn, from 1.</param>
/// <param name="Settings">Key=value, in the order of the search.</param>
/// <param name="Run">Its run.</param>
/// <param name="Config">All of its configuration.</param>
/// <param name="Epochs">Epochs that it is judged by.</param>
/// <param name="Figure">The best validation figure of these; 0 where there is none.</param>
public sealed record Trial(int Number, IReadOnlyList<string> Settings, RunFolder Run, RunConfig Config, int Epochs, double Figure);
