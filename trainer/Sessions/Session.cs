using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// A run with everything open: device, data, features and model. <see cref="Create"/> begins a run, <see cref="Resume"/> goes on with one that was
/// stopped, <see cref="Open"/> takes one that was trained, to evaluate it and to recommend with it.
/// </summary>
public sealed partial class Session : IDisposable
{
    private readonly WorkContext _context;
    private readonly bool _resumes;

    private Session(RunConfig config, RunFolder run, WorkContext context, RunData? trainedOn, bool resumes, bool keepsRejects = true)
    {
        (Config, Run, _context, _trainedOn, _resumes) = (config, run, context, trainedOn, resumes);
        string settings = NativeSettings.Apply();
        Device = DeviceChoice.Resolve(config.Training.Device);
        set_num_threads(config.Training.Threads > 0 ? config.Training.Threads : Environment.ProcessorCount);
        bool bfloat16 = Precisions.UsesBfloat16(config.Training.Precision, Device);
        context.Log.Information(
            "Device: {Device:l}{Auto:l}, {Threads} processor threads{Precision:l}",
            Device.ToString(), config.Training.Device == "auto" ? " (auto)" : "", get_num_threads(), bfloat16 ? ", bfloat16 products" : "");
        context.Log.Debug("Native libraries: {Settings:l}", settings);
        Data = TrainingData.Open(config.Data, keepsRejects ? run.Rejects : null, context.Progress, context.Cancellation);
        try
        {
            Features = new ItemFeatures(Data.Store, ModelRegistry.Modalities(config, Data.Store), Data.FlowRows, Device);
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

    /// <summary>Begins a run; its configuration is kept in its folder.</summary>
    /// <param name="config">The resolved configuration.</param>
    /// <param name="run">Where everything goes; from <see cref="RunFolder.Create"/>.</param>
    /// <param name="context">Log, progress and what stops it.</param>
    /// <param name="pretrained">A run whose weights it starts from, or null for none.</param>
    /// <exception cref="UserErrorException">The data, the features or the pre-trained run can't be used.</exception>
    public static Session Create(RunConfig config, RunFolder run, WorkContext context, RunFolder? pretrained = null)
    {
        if (pretrained is not null) WarnOfSeenTargets(pretrained, config, context);
        return Opened(new Session(config, run, context, trainedOn: null, resumes: false), session =>
        {
            session.Config = session.Resolved();
            AtomicFile.WriteText(run.Config, JsonConfig.Serialize(session.Config));
            session.KeepIdentity();
            foreach (string problem in session.Features.Uninformative())
                context.Log.Warning("The features tell nothing: {Problem:l}, so no item is known by it; look at the encoder and at the catalogue, or train without the modality (data.modalities)", problem);
            if (pretrained is null) return;
            var fresh = Checkpoint.LoadPretrained(pretrained.Best, session.Model, session.Features, session.MappingOf(pretrained, RunData.Load(pretrained.Data)));
            context.Log.Information("Starting from {Run}{Fresh}", pretrained.Path, fresh.Count > 0 ? $", with fresh {string.Join(", ", fresh)}" : "");
        });
    }

    /// <summary>Goes on with a run from its newest checkpoint, once <see cref="Train"/> is called.</summary>
    /// <param name="config">The run's configuration, with what may change from one stretch to the next.</param>
    /// <param name="run">The run.</param>
    /// <param name="context">Log, progress and what stops it.</param>
    /// <exception cref="UserErrorException">The data or the features can't be used, or are not those that the run was begun with.</exception>
    public static Session Resume(RunConfig config, RunFolder run, WorkContext context) =>
        Opened(new Session(config, run, context, RunData.Load(run.Data), resumes: true), session =>
        {
            session.RequireUnchanged();
            AtomicFile.WriteText(run.Config, JsonConfig.Serialize(config));
        });

    /// <summary>Opens a run that was trained, with its best weights.</summary>
    /// <param name="run">The run; from <see cref="RunFolder.Open"/>.</param>
    /// <param name="context">Log, progress and what stops it.</param>
    /// <param name="change">What is to be other than in training, such as the device; null for nothing.</param>
    /// <exception cref="UserErrorException">The run has no weights yet, or its data or features are not those that it was trained on.</exception>
    public static Session Open(RunFolder run, WorkContext context, Func<RunConfig, RunConfig>? change = null)
    {
        if (!File.Exists(run.Best))
            throw new UserErrorException($"The run {run.Path} has no weights yet (there is no {Path.GetFileName(run.Best)}); let finetune or pretrain, whichever began it, go on with --out {run.Path} --resume until its first epoch is done.");
        var config = JsonConfig.LoadKept<RunConfig>(run.Config);
        return Opened(
            new Session(change?.Invoke(config) ?? config, run, context, RunData.Load(run.Data), resumes: false, keepsRejects: false),
            session => session.LoadBest());
    }

    /// <summary>Trains to the end of its patience, and leaves the weights of the best epoch in the model.</summary>
    /// <returns>Where training ended.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the newest step is kept.</exception>
    /// <exception cref="UserErrorException">The loss is no finite number any more, or there is nothing to learn from.</exception>
    public RunPosition Train()
    {
        using var loop = new TrainingLoop(this, _context);
        var position = loop.Run(_resumes, _context.Cancellation);
        _context.Log.Information("The run is in {Folder}", Run.Path);
        return position;
    }

    /// <summary>Encodes every item with the model as it is.</summary>
    public EncodedCatalogue EncodeCatalogue()
    {
        Model.eval();
        return EncodedCatalogue.Encode(Model, Features, Data.Candidates, Data.FlowRows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Features.Dispose();
        Data.Dispose();
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

    private static void WarnOfSeenTargets(RunFolder pretrained, RunConfig config, WorkContext context)
    {
        var targets = config.Data.Targets.Count > 0 ? config.Data.Targets : Dataset.Open(config.Data.Dataset).Domains;
        var seen = JsonConfig.LoadKept<RunConfig>(pretrained.Config).Data.SeenTargets(targets);
        if (seen.Count == 0) return;
        context.Log.Warning(
            "{Run:l} was pre-trained on {Domains:l} too, with the events that this run is validated and tested on, so its figures will be too high; pre-train on other domains (pretrain --domains) to measure.",
            pretrained.Path, string.Join(", ", seen));
    }
}
