using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using static TorchSharp.torch;
using Progress = UniM2Rec.Diagnostics.Progress;

namespace UniM2Rec.Benchmarks;

/// <summary>Targets a second of the published network in fine-tuning and in pre-training, users a second of evaluation.</summary>
internal static class TrainingBenchmark
{
    private const int Warm = 3;

    /// <param name="dataset">Folder of a catalogue.</param>
    /// <param name="features">Folder of its feature store.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <param name="precision">Numbers of training's large products.</param>
    /// <param name="kind">UniSRec's network on text, or MISSRec's on all modalities; both at their published settings.</param>
    public static void Run(string dataset, string features, int steps, Precision precision, string kind)
    {
        set_num_threads(Environment.ProcessorCount);
        double peak = MatrixRate.Measure();
        var console = ResultConsole.Create();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"matrix product, float32: {peak:F0} GFLOP/s with {get_num_threads()} threads"));
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("step", "targets", "targets/s", "ms/step", "processor ms/step", "GFLOP/s in products", "share of peak", "managed KiB/step", "ms an epoch's start", "peak MiB");
        var cases = kind == "missrec" ? MissRec : UniSRec;
        foreach (var (name, model, candidates, batch) in cases)
            Step(table, name, Config(dataset, features, model, candidates, batch, precision), steps, peak);
        console.Write(table);
        foreach (var (_, model, candidates, batch) in cases.Where(c => c.Candidates == CandidateSet.Catalogue))
            Evaluate(console, Config(dataset, features, model, candidates, batch, precision));
    }

    private static (string Name, ModelConfig Model, CandidateSet Candidates, int Batch)[] UniSRec
    {
        get
        {
            var published = new ModelConfig { Kind = "unisrec" };
            return
            [
                ("fine-tuning", published, CandidateSet.Catalogue, 2048),
                ("pre-training", published, CandidateSet.InBatch, 1024),
                ("pre-training", published, CandidateSet.InBatch, 2048),
            ];
        }
    }

    private static (string Name, ModelConfig Model, CandidateSet Candidates, int Batch)[] MissRec
    {
        get
        {
            var published = new ModelConfig { Kind = "missrec", Adaptor = AdaptorKind.Linear, Heads = 4 };
            return
            [
                ("fine-tuning", published, CandidateSet.Catalogue, 512),
                ("fine-tuning, with ids", published with { Ids = true }, CandidateSet.Catalogue, 512),
                ("pre-training", published, CandidateSet.InBatch, 1024),
            ];
        }
    }

    private static RunConfig Config(string dataset, string features, ModelConfig model, CandidateSet candidates, int batch, Precision precision) => new()
    {
        Data = new() { Dataset = dataset, Features = features },
        Model = model,
        Objective = new() { Candidates = candidates, SequenceContrast = candidates == CandidateSet.InBatch ? 1e-3 : 0 },
        Training = new() { BatchTargets = batch, Device = "cpu", Precision = precision },
    };

    private static void Step(Table table, string name, RunConfig config, int steps, double peak)
    {
        using var bench = new Bench(config);
        var batches = EpochPlan.Batches(bench.Examples, config.Training.BatchTargets, 1, 0);
        var begun = Stopwatch.StartNew();
        bench.BeginEpoch();
        double beginning = begun.Elapsed.TotalMilliseconds;
        for (int i = 0; i < Warm; i++) bench.Loop.Step(batches[i % batches.Count], (ulong)i).Dispose();

        double arithmetic = 0;
        long targets = 0;
        long allocated = GC.GetTotalAllocatedBytes();
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < steps; i++)
        {
            var batch = batches[(Warm + i) % batches.Count];
            targets += batch.Sum(w => w.Targets.Count);
            bench.Loop.Step(batch, (ulong)(100 + i)).Dispose();
        }

        double seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        processor = process.TotalProcessorTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        for (int i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            arithmetic += Arithmetic.PerStep(config.Model, bench.Features.Widths, bench.Batches.Build(batches[(Warm + i) % batches.Count]));
        }

        double rate = arithmetic / seconds / 1e9;
        table.AddRow(new[]
        {
            name, $"{config.Training.BatchTargets}", $"{targets / seconds:F0}", $"{seconds / steps * 1e3:F0}", $"{processor.TotalMilliseconds / steps:F0}", $"{rate:F0}", $"{rate / peak:P0}",
            $"{allocated / steps / 1024}", $"{beginning:F0}", $"{process.PeakWorkingSet64 >> 20}",
        });
    }

    private static void Evaluate(IAnsiConsole console, RunConfig config)
    {
        using var bench = new Bench(config);
        var examples = new ExamplePlanner(bench.Data.Log, bench.Data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix).HeldOut(bench.Data.Split.Test);
        bench.BeginEpoch();
        bench.Model.eval();
        for (int round = 0; round < 4; round++)
        {
            var clock = Stopwatch.StartNew();
            using var catalogue = EncodedCatalogue.Encode(bench.Model, bench.Features, bench.Data.Candidates, bench.Data.FlowRows);
            var ranking = new FullRanking(bench.Model, catalogue, null) { BatchUsers = config.Evaluation.BatchUsers };
            ranking.Ranks(examples, Progress.None.Start("", null, "users"), CancellationToken.None);
            if (round > 0) console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"full-ranking evaluation{(config.Model.Ids ? ", with ids" : "")}, items encoded anew: {examples.Count / clock.Elapsed.TotalSeconds:F0} users/s"));
        }
    }
}
