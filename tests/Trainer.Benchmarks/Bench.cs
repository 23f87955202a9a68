using Serilog.Core;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Session;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Benchmarks;

/// <summary>A model with its data and its training loop, as the trainer puts them together, in a folder that is deleted afterwards.</summary>
internal sealed class Bench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unim2rec-bench-").FullName;

    public Bench(RunConfig config)
    {
        var run = new RunFolder(_folder);
        Data = TrainingData.Open(config.Data, run.Rejects, Progress.None, CancellationToken.None);
        Features = new ItemFeatures(Data.Store, ModelRegistry.Modalities(config, Data.Store), Data.FlowRows, CPU);
        Model = ModelRegistry.Create(config, Features, Precisions.UsesBfloat16(config.Training.Precision, CPU));
        Loop = new TrainingLoop(config, Data, Features, Model, CPU, run, Progress.None, Logger.None);
        var form = Model.Causal ? ExampleForm.EveryPosition : ExampleForm.Prefix;
        Examples = new ExamplePlanner(Data.Log, Data.IsTarget, config.Data.MaxLength, form).Training(Data.Split);
        int[]? catalogue = config.Objective.Candidates == CandidateSet.Catalogue ? Data.Candidates : null;
        Batches = new BatchBuilder(Data.Log, Features.ItemCount, catalogue, null, Model.Causal, CPU);
    }

    public TrainingData Data { get; }

    public ItemFeatures Features { get; }

    public Recommender Model { get; }

    public TrainingLoop Loop { get; }

    public List<Example> Examples { get; }

    public BatchBuilder Batches { get; }

    /// <summary>What a model derives at an epoch's start is derived; then it is in training mode.</summary>
    public void BeginEpoch()
    {
        Model.BeginEpoch(Features, Data.FlowRows, seed: 1);
        Model.train();
    }

    public void Dispose()
    {
        Loop.Dispose();
        Model.Dispose();
        Features.Dispose();
        Data.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
