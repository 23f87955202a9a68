using System.Diagnostics;
using System.Globalization;
using Serilog.Core;
using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sequences;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;
using Progress = UniM2Rec.Diagnostics.Progress;

namespace UniM2Rec.Benchmarks;

/// <summary>Targets a second of the published network in fine-tuning and in pre-training, users a second of evaluation.</summary>
internal static class TrainingBenchmark
{
    private const int Warm = 3;

    public static void Run(string dataset, string features, int steps)
    {
        set_num_threads(Environment.ProcessorCount);
        double peak = MatrixRate.Measure();
        var console = ResultConsole.Create();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"matrix product, float32: {peak:F0} GFLOP/s with {get_num_threads()} threads"));
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("step", "targets", "targets/s", "ms/step", "GFLOP/s in products", "share of peak", "managed KiB/step", "peak MiB");
        var published = new ModelConfig { Kind = ModelKind.Unisrec };
        Step(table, "fine-tuning", Config(dataset, features, published, CandidateSet.Catalogue, 2048, 0), steps, peak);
        Step(table, "pre-training", Config(dataset, features, published, CandidateSet.InBatch, 1024, 1e-3), steps, peak);
        Step(table, "pre-training", Config(dataset, features, published, CandidateSet.InBatch, 2048, 1e-3), steps, peak);
        console.Write(table);
        Evaluate(console, Config(dataset, features, published, CandidateSet.Catalogue, 2048, 0));
    }

    private static RunConfig Config(string dataset, string features, ModelConfig model, CandidateSet candidates, int batch, double contrast) => new()
    {
        Data = new() { Dataset = dataset, Features = features, Modalities = ["text"] },
        Model = model,
        Objective = new() { Candidates = candidates, SequenceContrast = contrast },
        Training = new() { BatchTargets = batch, Device = "cpu" },
    };

    private static void Step(Table table, string name, RunConfig config, int steps, double peak)
    {
        using var bench = new Bench(config);
        var batches = EpochPlan.Batches(bench.Windows, config.Training.BatchTargets, 1, 0);
        for (int i = 0; i < Warm; i++) bench.Loop.Step(batches[i % batches.Count], (ulong)i);

        double arithmetic = 0;
        long targets = 0;
        long allocated = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < steps; i++)
        {
            var batch = batches[(Warm + i) % batches.Count];
            targets += batch.Sum(w => w.Targets.Count);
            bench.Loop.Step(batch, (ulong)(100 + i));
        }

        double seconds = clock.Elapsed.TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        for (int i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            arithmetic += Arithmetic.PerStep(config.Model, bench.Features.Widths, bench.Batches.Build(batches[(Warm + i) % batches.Count]));
        }

        double rate = arithmetic / seconds / 1e9;
        table.AddRow(new[]
        {
            name, $"{config.Training.BatchTargets}", $"{targets / seconds:F0}", $"{seconds / steps * 1e3:F0}", $"{rate:F0}", $"{rate / peak:P0}",
            $"{allocated / steps / 1024}", $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20}",
        });
    }

    private static void Evaluate(IAnsiConsole console, RunConfig config)
    {
        using var bench = new Bench(config);
        var windows = new WindowPlanner(bench.Data.Log, bench.Data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix).HeldOut(bench.Data.Split.TestOf);
        bench.Model.eval();
        for (int round = 0; round < 2; round++)
        {
            var clock = Stopwatch.StartNew();
            using var catalogue = EncodedCatalogue.Encode(bench.Model, bench.Features, bench.Data.Candidates, bench.Data.FlowRows);
            var ranking = new FullRanking(bench.Data.Log, bench.Model, catalogue, null, CPU, config.Evaluation.BatchUsers, maskHistory: false);
            ranking.Ranks(windows, Progress.None.Start("", null, "users"), CancellationToken.None);
            if (round > 0) console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"full-ranking evaluation, items encoded anew: {windows.Count / clock.Elapsed.TotalSeconds:F0} users/s"));
        }
    }

    private sealed class Bench : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("unim2rec-bench-").FullName;

        public Bench(RunConfig config)
        {
            var run = new RunFolder(_folder);
            Data = TrainingData.Open(config.Data, run.Rejects, Progress.None, CancellationToken.None);
            Features = new ItemFeatureTable(Data.Store, ["text"], CPU);
            Model = RecommenderFactory.Create(config, Features);
            Model.train();
            Loop = new TrainingLoop(config, Data, Features, Model, CPU, run, Progress.None, Logger.None);
            Windows = new WindowPlanner(Data.Log, Data.IsTarget, config.Data.MaxLength, ExampleForm.EveryPosition).Training(Data.Split);
            int[]? catalogue = config.Objective.Candidates == CandidateSet.Catalogue ? Data.Candidates : null;
            Batches = new BatchBuilder(Data.Log, Features.ItemCount, catalogue, null, causal: true, CPU);
        }

        public TrainingData Data { get; }

        public ItemFeatureTable Features { get; }

        public Recommender Model { get; }

        public TrainingLoop Loop { get; }

        public List<Window> Windows { get; }

        public BatchBuilder Batches { get; }

        public void Dispose()
        {
            Loop.Dispose();
            Model.Dispose();
            Features.Dispose();
            Data.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
