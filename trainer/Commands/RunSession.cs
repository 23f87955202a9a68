using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Evidence;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Native;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Commands;

/// <summary>A configuration brought to life: device, data, features and model, opened in this order and disposed together.</summary>
public sealed class RunSession : IDisposable
{
    private RunSession(Device device, TrainingData data, ItemFeatureTable features, Recommender model)
    {
        Device = device;
        Data = data;
        Features = features;
        Model = model;
    }

    public Device Device { get; }

    public TrainingData Data { get; }

    public ItemFeatureTable Features { get; }

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
            var features = new ItemFeatureTable(data.Store, RecommenderFactory.Modalities(config, data.Store), data.FlowRows, device);
            manual_seed(config.Training.Seed);
            var model = RecommenderFactory.Create(config, features, bfloat16);
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

    /// <summary>Collects history evidence as training did, or null where the model was trained without.</summary>
    public EvidenceBuilder? Evidence(RunConfig config) =>
        config.Objective.Candidates == CandidateSet.Catalogue ? Data.Evidence(config.Model) : null;

    public void Dispose()
    {
        Model.Dispose();
        Features.Dispose();
        Data.Dispose();
    }
}
