using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Tracking;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// A run with everything open: device, data, features and model. <see cref="Create"/> begins a run, <see cref="Resume"/> goes on with one that was
/// stopped, <see cref="Open"/> takes one that was trained, to evaluate it and to recommend with it.
/// </summary>
public sealed partial class Session : IDisposable
{
    private readonly WorkContext _context;
    private FolderLock? _held;
    private CheckpointFile? _newest;

    private Session(RunConfig config, RunFolder run, WorkContext context, RunData? trainedOn, string? rejects, ICommunicator? ranks = null)
    {
        (Config, Run, _context, _trainedOn, Ranks) = (config, run, context, trainedOn, ranks ?? SingleProcess.Instance);
        string settings = NativeSettings.Apply();
        Device = DeviceChoice.Resolve(config.Training.Device, Ranks);
        set_num_threads(config.Training.Threads > 0 ? config.Training.Threads : Math.Max(1, Environment.ProcessorCount / Ranks.Sharing));
        bool bfloat16 = Precisions.UsesBfloat16(config.Training.Precision, Device);
        context.Log.Information(
            "Device: {Device:l}{Auto:l}, {Threads} processor threads{Precision:l}{Ranks:l}",
            Device.ToString(), config.Training.Device == "auto" ? " (auto)" : "", get_num_threads(), bfloat16 ? ", bfloat16 products" : "", Ranks.Size > 1 ? $", the first of {Ranks.Size} processes" : "");
        context.Log.Debug("Native libraries: {Settings:l}", settings);
        // What one has read is kept for the others.
        bool isKept = config.Data.Log.Length > 0;
        if (isKept && Ranks.Rank > 0) Ranks.Wait();
        Data = TrainingData.Open(config.Data, rejects, context.Progress, context.Cancellation, GoneSince(run, trainedOn));
        if (isKept && Ranks.Rank == 0) Ranks.Wait();
        FlowNotes.Say(Data.Log, context.Log);
        try
        {
            Features = new ItemFeatures(Data.Store, ModelRegistry.Modalities(config, Data.Store), Data.TrainingRows, Device, config.Data.FeatureBytes);
            manual_seed(config.Training.Seed);
            Model = ModelRegistry.Create(config, Features, bfloat16, _trainedOn?.ItemCount ?? 0);
            Model.to(Device);
        }
        catch
        {
            Features?.Dispose();
            Data.Dispose();
            throw;
        }
    }

    /// <summary>The resolved configuration.</summary>
    public RunConfig Config { get; private set; }

    /// <summary>The run's files.</summary>
    public RunFolder Run { get; }

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>The data that the run reads.</summary>
    public TrainingData Data { get; }

    /// <summary>What the model knows items by.</summary>
    public ItemFeatures Features { get; }

    /// <summary>The model.</summary>
    public Recommender Model { get; }

    /// <summary>Who trains it together with this process.</summary>
    internal ICommunicator Ranks { get; }

    /// <summary>Folder of MLflow's file store that training is told to as well; null for none.</summary>
    public string? Track { get; set; }

    /// <summary>After which time a step is kept within an epoch.</summary>
    internal TimeSpan CheckpointInterval { get; set; } = TrainingLoop.UsualInterval;

    /// <summary>Opens everything for a new run; nothing of what stands in its folder changes before <see cref="Train"/> begins it.</summary>
    /// <param name="config">The resolved configuration.</param>
    /// <param name="run">Where everything goes; from <see cref="RunFolder.Create"/>.</param>
    /// <param name="context">Log, progress and what stops it.</param>
    /// <param name="pretrained">A run whose weights it starts from, or null for none.</param>
    /// <param name="ranks">The processes that train it, of which this is the first; null for this one alone.</param>
    /// <exception cref="UserErrorException">The data, the features, the folder or the pre-trained run can't be used.</exception>
    public static Session Create(RunConfig config, RunFolder run, WorkContext context, RunFolder? pretrained = null, ICommunicator? ranks = null) => Held(run, () =>
    {
        run.RequireFree();
        return Opened(new Session(config, run, context, trainedOn: null, run.Beginning.Rejects, ranks), session =>
        {
            session.Config = session.Resolved();
            foreach (string problem in session.Features.Uninformative())
                context.Log.Warning("The features tell nothing: {Problem:l}, so no item is known by it; look at the encoder and at the catalogue, or train without the modality (data.modalities)", problem);
            if (pretrained is not null) session.StartFrom(pretrained);
        });
    });

    /// <summary>Goes on with a run from its newest checkpoint, once <see cref="Train"/> is called.</summary>
    /// <param name="config">The run's configuration, with what may change from one stretch to the next.</param>
    /// <param name="run">The run.</param>
    /// <param name="context">Log, progress and what stops it.</param>
    /// <param name="ranks">The processes that train it from now on, however many trained it before, of which this is the first; null for this one alone.</param>
    /// <exception cref="UserErrorException">Its checkpoints, the data or the features can't be used, or are not those that the run was begun with.</exception>
    public static Session Resume(RunConfig config, RunFolder run, WorkContext context, ICommunicator? ranks = null) => Held(run, () =>
    {
        var newest = RunCheckpoints.OpenNewest(run, context.Log);
        try
        {
            var kept = newest is null ? null : RunIdentity.Of(newest);
            kept?.RequireSettings(config, run, isResolved: false);
            if (kept?.Others(config, [.. RunIdentity.Changeable, "evaluation."]) is { Length: > 0 } others) context.Log.Information("The run goes on with {Settings:l}", others);
            if (newest is null) context.Log.Information("The run {Run:l} had not kept a step yet, so it begins with the first", run.Path);
            return Opened(new Session(config, run, context, kept?.Data ?? RunData.Load(run.Data), newest is null ? run.Beginning.Rejects : null, ranks), session =>
            {
                if (newest is not null) Checkpoint.RequireSameFeatures(newest, session.Features);
                session.RequireUnchanged(kept);
                session._newest = newest;
            });
        }
        catch
        {
            newest?.Dispose();
            throw;
        }
    });

    /// <summary>Takes part in a run that the first process begins or goes on with; nothing is written, and the weights come from that process.</summary>
    /// <param name="config">The first process's configuration.</param>
    /// <param name="run">The run, whose folder this process does not look at.</param>
    /// <param name="context">What stops it.</param>
    /// <param name="ranks">The processes.</param>
    /// <exception cref="UserErrorException">The data or the features can't be used.</exception>
    public static Session Join(RunConfig config, RunFolder run, WorkContext context, ICommunicator ranks) =>
        Opened(new Session(config, run, context, trainedOn: null, rejects: null, ranks), session => session.Config = session.Resolved());

    /// <summary>Opens a run that was trained, with its best weights.</summary>
    /// <param name="run">The run; from <see cref="RunFolder.Open"/>.</param>
    /// <param name="context">Log, progress and what stops it.</param>
    /// <param name="change">What is to be other than in training, such as the device; null for nothing.</param>
    /// <param name="domains">Domains of the store whose items are ranked, which training need not have seen (zero-shot); null for the run's own targets.</param>
    /// <exception cref="UserErrorException">The run has no weights yet, its data or features are not those that it was trained on, or it can't know a domain's items.</exception>
    public static Session Open(RunFolder run, WorkContext context, Func<RunConfig, RunConfig>? change = null, IReadOnlyList<string>? domains = null)
    {
        var config = run.LoadConfig();
        using var best = RunCheckpoints.OpenBest(run);
        var kept = RunIdentity.Of(best);
        kept?.RequireSettings(config, run, isResolved: false);
        if (kept?.Others(config, "evaluation.") is { Length: > 0 } others) context.Log.Warning("The configuration {File:l} has other settings than the run was trained with: {Settings:l}", run.Config, others);
        if (best.IsOlder) context.Log.Information("{File:l} is from before weights had a checksum, so whether it is as it was written can't be told", best.Path);
        var used = change?.Invoke(config) ?? config;
        bool isElsewhere = domains is { Count: > 0 } && !domains.ToHashSet().SetEquals(config.Data.Targets);
        if (isElsewhere) used = used with { Data = used.Data with { Targets = domains!, HoldOut = HoldOut.Targets, ColdItems = 0, TargetEvents = 0 } };
        return Opened(
            new Session(used, run, context, kept?.Data ?? RunData.Load(run.Data), rejects: null) { _own = config.Data, Elsewhere = isElsewhere ? domains! : [] },
            session => session.LoadBest(best));
    }

    /// <summary>Trains to the end of its patience, and leaves the weights of the best epoch in the model.</summary>
    /// <param name="begun">Called once the run is in its folder, before the first step.</param>
    /// <returns>Where training ended.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the newest step is kept.</exception>
    /// <exception cref="UserErrorException">The loss is no finite number any more, there is nothing to learn from, or a file can't be written.</exception>
    public RunPosition Train(Action? begun = null)
    {
        if (Ranks.Rank > 0)
        {
            using var part = new TrainingLoop(this, _context);
            return part.Run(_context.Cancellation);
        }

        var tracking = new RunTracking(Run, Track is null ? null : new MlflowRun(Track, Run, Config), _context);
        using var loop = new TrainingLoop(this, _context) { CheckpointInterval = CheckpointInterval, Done = position => tracking.Write(position) };
        var position = tracking.While(() => loop.Run(_context.Cancellation, begun));
        _context.Log.Information("The run is in {Folder}", Run.Path);
        return position;
    }

    /// <summary>Begins the run, or brings back what it had kept.</summary>
    /// <param name="state">Takes what was kept.</param>
    /// <param name="checkpoints">Where it is.</param>
    internal RunPosition Start(RunState state, RunCheckpoints checkpoints)
    {
        if (_newest is null)
        {
            Begin(() => checkpoints.SaveFirst(state, RunPosition.Start));
            return RunPosition.Start;
        }

        var position = Checkpoint.LoadRun(_newest, state);
        bool isInPlace = _newest.Path != Run.Newest;
        _newest.Dispose();
        _newest = null;
        if (position.Metrics is null) position = position with { Metrics = MetricsFile.Epochs(Run.Metrics, position.Epoch, _context.Log) };
        if (!isInPlace) checkpoints.PutNewestInPlace();
        KeepIdentity(Run);
        MetricsFile.Write(Run, position);
        return position;
    }

    /// <summary>Encodes every item with the model as it is.</summary>
    public EncodedCatalogue EncodeCatalogue()
    {
        Model.eval();
        return EncodedCatalogue.Encode(Model, Features, Data.Candidates, Data.FlowRows, Config.JoinsContent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Features.Dispose();
        Data.Dispose();
        _newest?.Dispose();
        using var held = _held;
        if (held is not null && !RunBeginning.IsDecided(Run)) RunBeginning.Discard(Run);
    }

    /// <summary>Opens a session that alone may write into the run's folder.</summary>
    private static Session Held(RunFolder run, Func<Session> open)
    {
        var held = run.Hold();
        try
        {
            RunBeginning.Recover(run);
            var session = open();
            session._held = held;
            return session;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private void StartFrom(RunFolder pretrained)
    {
        var config = pretrained.LoadConfig();
        using var best = RunCheckpoints.OpenBest(pretrained);
        var kept = RunIdentity.Of(best);
        kept?.RequireSettings(config, pretrained, isResolved: false);
        WarnOfSeenTargets(pretrained, config);
        var fresh = Checkpoint.LoadPretrained(best, Model, Features, MappingOf(pretrained, kept?.Data ?? RunData.Load(pretrained.Data)));
        _context.Log.Information("Starting from {Run}{Fresh}", pretrained.Path, fresh.Count > 0 ? $", with fresh {string.Join(", ", fresh)}" : "");
    }

    private static Session Opened(Session session, Action<Session> prepare)
    {
        try
        {
            prepare(session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void WarnOfSeenTargets(RunFolder pretrained, RunConfig config)
    {
        var seen = config.Data.SeenTargets(Config.Data.Targets);
        if (seen.Count == 0) return;
        _context.Log.Warning(
            "{Run:l} was pre-trained on {Domains:l} too, with the events that this run is validated and tested on, so its figures will be too high; pre-train on other domains (pretrain --domains) to measure.",
            pretrained.Path, string.Join(", ", seen));
    }
}
