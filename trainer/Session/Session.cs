using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Commands;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Session;

/// <summary>A configuration brought to life: device, data, features and model, opened in this order and disposed together.</summary>
public sealed class RunSession : IDisposable
{
    private RunSession(Device device, TrainingData data, ItemFeatures features, Recommender model)
    {
        Device = device;
        Data = data;
        Features = features;
        Model = model;
    }

    public Device Device { get; }

    public TrainingData Data { get; }

    public ItemFeatures Features { get; }

    public Recommender Model { get; }

    /// <param name="config">The resolved configuration.</param>
    /// <param name="run">Takes the list of rejected rows.</param>
    /// <param name="context">Log, progress and Ctrl-C.</param>
    public static RunSession Open(RunConfig config, RunFolder run, CommandContext context)
    {
        string settings = NativeSettings.Apply();
        var device = DeviceChoice.Resolve(config.Training.Device);
        set_num_threads(config.Training.Threads > 0 ? config.Training.Threads : Environment.ProcessorCount);
        bool bfloat16 = Precisions.UsesBfloat16(config.Training.Precision, device);
        context.Log.Information(
            "Device: {Device:l}{Auto:l}, {Threads} processor threads{Precision:l}",
            device.ToString(), config.Training.Device == "auto" ? " (auto)" : "", get_num_threads(), bfloat16 ? ", bfloat16 products" : "");
        context.Log.Debug("Native libraries: {Settings:l}", settings);
        var data = TrainingData.Open(config.Data, run.Rejects, context.Progress, context.Cancellation);
        try
        {
            var features = new ItemFeatures(data.Store, ModelRegistry.Modalities(config, data.Store), data.FlowRows, device);
            manual_seed(config.Training.Seed);
            var model = ModelRegistry.Create(config, features, bfloat16);
            model.to(device);
            return new RunSession(device, data, features, model);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Encodes every item with the model as it is and ranks with it.</summary>
    public EncodedCatalogue EncodeCatalogue()
    {
        Model.eval();
        return EncodedCatalogue.Encode(Model, Features, Data.Candidates, Data.FlowRows);
    }

    /// <summary>Collects collaborative scores as training did, or null where the model was trained without.</summary>
    public CollaborativeScorer? Collaborative(RunConfig config) =>
        config.Objective.Candidates == CandidateSet.Catalogue ? Data.Collaborative(config.Model) : null;

    public void Dispose()
    {
        Model.Dispose();
        Features.Dispose();
        Data.Dispose();
    }
}

/// <summary>What pretrain and finetune share: open, start from weights or from nothing, train.</summary>
public static class TrainingRun
{
    /// <param name="config">The resolved configuration; kept in the run folder.</param>
    /// <param name="run">Where everything goes.</param>
    /// <param name="pretrained">A run to start from, or null.</param>
    /// <param name="context">Log, progress and Ctrl-C.</param>
    /// <returns>An exit code.</returns>
    public static int Execute(RunConfig config, RunFolder run, RunFolder? pretrained, CommandContext context)
    {
        using var session = RunSession.Open(config, run, context);
        AtomicFile.WriteText(run.Config, JsonConfig.Serialize(config));
        if (pretrained is not null)
        {
            var fresh = Checkpoint.LoadPretrained(pretrained.Best, session.Model, session.Features);
            context.Log.Information("Starting from {Run}{Fresh}", pretrained.Path, fresh.Count > 0 ? $", with fresh {string.Join(", ", fresh)}" : "");
        }

        using (var loop = new TrainingLoop(config, session.Data, session.Features, session.Model, session.Device, run, context.Progress, context.Log))
            loop.Run(context.Cancellation);
        context.Log.Information("The run is in {Folder}", run.Path);
        return ExitCodes.Done;
    }
}

/// <summary>Opens a run that was trained, with its best weights.</summary>
public static class FinishedRun
{
    /// <summary>The run's own configuration, on another device if one is named.</summary>
    public static RunConfig Config(RunFolder run, string? device)
    {
        var config = JsonConfig.Load<RunConfig>(run.Config, []);
        return device is null ? config : config with { Training = config.Training with { Device = device } };
    }

    /// <exception cref="UserErrorException">The run has no weights yet.</exception>
    public static RunSession Open(RunConfig config, RunFolder run, CommandContext context)
    {
        if (!File.Exists(run.Best))
            throw new UserErrorException($"The run {run.Path} has no weights yet (there is no {Path.GetFileName(run.Best)}); continue it with --resume until its first epoch is done.");
        var session = RunSession.Open(config, run, context);
        try
        {
            Checkpoint.LoadModel(run.Best, session.Model, session.Features);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
