using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using UniM2Rec.Catalogue;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Benchmarks;

/// <summary>
/// How time and memory grow with the interactions: makes up a catalogue on disk, builds its log, opens it again as a run does, and trains some steps with drawn
/// candidates. One size and one stage a process, as a peak never falls: the first builds, the second trains from what is kept.
/// </summary>
internal static class GrowthBenchmark
{
    private const int EventsOfUser = 20, EventsOfItem = 100, Width = 32, Warm = 3, StepTargets = 1024;

    /// <param name="folder">Where catalogue, features, log and run go; what a former call of the same size left is taken.</param>
    /// <param name="events">Interactions.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <param name="threads">Processor threads.</param>
    public static void Run(string folder, int events, int steps, int threads)
    {
        var clock = Stopwatch.StartNew();
        string dataset = Path.Combine(folder, "market"), features = Path.Combine(folder, "features"), log = Path.Combine(folder, "log");
        if (!File.Exists(Path.Combine(dataset, CatalogueLayout.DatasetFile)))
        {
            MakeUp(dataset, features, events);
            Say("made up", clock, $"{events:N0} interactions of {events / EventsOfUser:N0} users and {events / EventsOfItem:N0} items, {new FileInfo(CatalogueLayout.Interactions(dataset, "a")).Length >> 20:N0} MiB of CSV");
            return;
        }

        bool isBuilt = Directory.Exists(log);
        var data = new DataConfig { Dataset = dataset, Features = features, Log = log, FeatureMemory = 0 };
        if (!isBuilt)
        {
            using var built = TrainingData.Open(data, null, Progress.None, CancellationToken.None);
            Say("log built", clock, string.Create(CultureInfo.InvariantCulture, $"{events / clock.Elapsed.TotalSeconds:N0} interactions/s from CSV"));
            Write(new GrowthPoint(events) { BuildingSeconds = clock.Elapsed.TotalSeconds, BuildingPeak = ScaleBenchmark.Peak() });
            return;
        }

        string[] settings = ["data.targets=a", "objective.candidates=sampled", string.Create(CultureInfo.InvariantCulture, $"training.threads={threads}"),
            string.Create(CultureInfo.InvariantCulture, $"training.batchTargets={StepTargets}"), "training.validationUsers=1000", "training.epochs=1"];
        var config = JsonConfig.Load(Presets.PathOf("unisrec"), settings, new RunConfig { Data = data });
        using var bench = new Bench(config, plansAgain: false);
        Say("opened", clock, $"{bench.Data.Log.EventCount:N0} events");
        bench.BeginEpoch();
        var batches = EpochPlan.Batches(bench.Loop.Examples, config.Training.BatchTargets, 1, 0);
        bench.Loop.Step(batches[0], 0).Dispose();
        Say("first step", clock, "since the start");
        var point = File.Exists(Figures(folder)) ? Read(folder) : new GrowthPoint(events);
        point = point with { FirstStepSeconds = clock.Elapsed.TotalSeconds };
        for (int i = 1; i < Warm; i++) bench.Loop.Step(batches[i], (ulong)i).Dispose();
        clock.Restart();
        long targets = 0;
        for (int i = 0; i < steps; i++)
        {
            var batch = batches[(Warm + i) % batches.Count];
            targets += batch.Sum(example => example.Targets.Count);
            bench.Loop.Step(batch, (ulong)(100 + i)).Dispose();
        }

        Say("steps", clock, string.Create(CultureInfo.InvariantCulture, $"{targets / clock.Elapsed.TotalSeconds:N0} targets/s"));
        Write(point with { StepSeconds = clock.Elapsed.TotalSeconds / steps, TrainingPeak = ScaleBenchmark.Peak() });

        void Write(GrowthPoint figures) => File.WriteAllText(Figures(folder), JsonSerializer.Serialize(figures));
    }

    /// <summary>What a size's calls have measured.</summary>
    /// <param name="folder">As in <see cref="Run"/>.</param>
    public static GrowthPoint Read(string folder) => JsonSerializer.Deserialize<GrowthPoint>(File.ReadAllText(Figures(folder)))!;

    private static string Figures(string folder) => Path.Combine(folder, "growth.json");

    private static void Say(string stage, Stopwatch clock, string more) => ScaleBenchmark.Say(stage, clock, more);

    private static void MakeUp(string dataset, string features, int events)
    {
        int items = events / EventsOfItem, users = events / EventsOfUser;
        var random = new Random(1);
        using (var writer = DatasetWriter.Create(dataset, "growth", ["a"]))
        {
            for (int i = 0; i < items; i++) writer.WriteItem(new Item { Domain = "a", ItemId = Id('i', i), Title = Id('i', i) });
            for (int e = 0; e < events; e++)
            {
                var interaction = new Interaction(Id('u', random.Next(users)), Id('i', (int)(items * Math.Pow(random.NextDouble(), 2))), e, float.NaN, SplitPart.Unspecified);
                writer.WriteInteraction("a", interaction);
            }

            writer.Complete();
        }

        var table = new ItemTableBuilder();
        table.BeginDomain("a");
        for (int i = 0; i < items; i++) table.Add(Encoding.UTF8.GetBytes(Id('i', i)));
        var made = Dataset.Open(dataset);
        using var store = FeatureStoreWriter.Open(features, table.Build(made.Name, made.ComputeFingerprint()));
        var modality = store.StartModality(new ModalitySpecification("text", Width, FeatureType.Float16, "made-up", "0123456789abcdef"));
        float[] vector = new float[Width];
        foreach (var range in modality.Pending)
        {
            using var shard = modality.NewShard(range);
            for (int row = range.FirstRow; row < range.FirstRow + range.Rows; row++)
            {
                for (int d = 0; d < Width; d++) vector[d] = random.NextSingle() - 0.5f;
                shard.Set(row, vector);
            }

            modality.Commit(shard);
        }
    }

    private static string Id(char kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");
}
