using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Benchmarks;

/// <summary>A model with its data and its training loop, as the trainer puts them together, in a folder that is deleted afterwards.</summary>
internal sealed class Bench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unim2rec-bench-").FullName;
    private readonly Session _session;

    /// <param name="config">The run's.</param>
    /// <param name="plansAgain">Whether <see cref="Examples"/> are planned beside the loop's own.</param>
    public Bench(RunConfig config, bool plansAgain = true)
    {
        _session = Session.Create(config, new RunFolder(_folder), WorkContext.Silent);
        Loop = new TrainingLoop(_session, WorkContext.Silent);
        var form = Model.Causal ? ExampleForm.EveryPosition : ExampleForm.Prefix;
        Examples = plansAgain ? new ExamplePlanner(Data.Split.Training, Data.IsTarget, config.Data.MaxLength, form).Training() : [];
        int[]? catalogue = config.Objective.Candidates == CandidateSet.Catalogue ? Data.Candidates : null;
        Batches = new BatchBuilder(Features.ItemCount, Model.Causal, CPU) { Catalogue = catalogue };
    }

    public TrainingData Data => _session.Data;

    public ItemFeatures Features => _session.Features;

    public Recommender Model => _session.Model;

    public TrainingLoop Loop { get; }

    public List<Example> Examples { get; }

    public BatchBuilder Batches { get; }

    /// <summary>What a model derives at an epoch's start is derived; then it is in training mode.</summary>
    public void BeginEpoch()
    {
        Model.BeginEpoch(Features, Data.FlowRows, seed: 1, WorkContext.Silent);
        Model.train();
    }

    /// <summary>A run from its beginning to its end, with its messages on standard output.</summary>
    public void Train() => _session.Train();

    public void Dispose()
    {
        Loop.Dispose();
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
