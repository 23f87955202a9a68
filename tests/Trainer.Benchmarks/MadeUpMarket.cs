using System.Diagnostics;
using System.Globalization;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;
using Progress = UniM2Rec.Diagnostics.Progress;

namespace UniM2Rec.Benchmarks;

/// <summary>
/// Steps and ranking of the network of unim2rec-plus over any number of made-up items, without files: features are rows of one small table, so that what is
/// measured is training, not what features take. The seen bias is on, as in training; other collaborative scores are not.
/// </summary>
internal static class MadeUpMarket
{
    private const int FeatureWidth = 512;
    private const int FeatureRows = 8192;
    private const int UserCount = 100_000;
    private const int EventsOfUser = 12;
    private const int RankedUsers = 1024;
    private const int Warm = 3;

    /// <param name="items">Items, all of them candidates.</param>
    /// <param name="candidates">What the targets are contrasted with.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <param name="threads">Threads; 0 = as many as there are cores.</param>
    public static void Run(int items, CandidateSet candidates, int steps, int threads)
    {
        set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
        manual_seed(1);
        var config = JsonConfig.Load(Presets.PathOf("unim2rec-plus"), [], new RunConfig());
        config = config with { Objective = config.Objective with { Candidates = candidates }, Collaborative = config.Collaborative.InTraining };
        var log = Log(items);
        using var table = randn(FeatureRows, FeatureWidth);
        using var model = ModelRegistry.Find(config.Model.Kind).Create(
            new ModelInputs(config.Model, [FeatureWidth], items) { Candidates = candidates, Collaborative = config.Collaborative });
        model.train();
        int[] all = [.. Enumerable.Range(0, items)];
        bool isSampled = candidates == CandidateSet.Sampled;
        var training = new ExamplePlanner(log, [true], config.Data.MaxLength, ExampleForm.EveryPosition).Training();
        var batches = EpochPlan.Batches(training, config.Training.BatchTargets, 1, 0);
        var builder = new BatchBuilder(items, causal: true, CPU)
        {
            Catalogue = isSampled ? null : all,
            Sampling = isSampled ? new CandidateSampling(all, training, items, config.Objective.Negatives, config.Objective.PopularNegatives) : null,
            MarksSeen = true,
        };
        using var adam = new NamedAdamW(model.named_parameters().Select(p => (p.name, p.parameter)), 0);
        var objective = new TrainingObjective(config.Model, config.Objective);
        for (int i = 0; i < Warm; i++) Step(i);
        var clock = Stopwatch.StartNew();
        for (int i = Warm; i < Warm + steps; i++) Step(i);
        ScaleBenchmark.Say("step", clock, string.Create(CultureInfo.InvariantCulture, $"{items:N0} items, {candidates}: {clock.Elapsed.TotalMilliseconds / steps:N0} ms a step of {batches[Warm].Sum(e => e.Targets.Count):N0} targets"));

        model.eval();
        clock.Restart();
        using var catalogue = EncodedCatalogue.Encode(model, Gather, items, all, all);
        ScaleBenchmark.Say("items encoded", clock, "");
        clock.Restart();
        var held = new ExamplePlanner(log, [true], config.Data.MaxLength, ExampleForm.Prefix).HeldOut(Enumerable.Range(0, RankedUsers).Select(u => new HeldOutEvent(u, log.EndEvent(u) - 1)));
        new FullRanking(model, catalogue, null).Ranks(held, Progress.None.Start("", null, "users"), CancellationToken.None);
        ScaleBenchmark.Say("ranked", clock, string.Create(CultureInfo.InvariantCulture, $"{held.Count / clock.Elapsed.TotalSeconds:N0} users/s"));

        void Step(int number)
        {
            using var scope = NewDisposeScope();
            model.Reseed((ulong)number);
            objective.Reseed((ulong)number);
            var batch = builder.Build(batches[number % batches.Count], seed: (ulong)number);
            adam.ClearGradients();
            objective.Differentiate(model, batch, Gather(batch.ItemRows));
            adam.Step(config.Training.LearningRate);
        }

        ItemBatch Gather(int[] rows)
        {
            var index = tensor(Array.ConvertAll(rows, r => (long)r));
            return new ItemBatch(index, zeros_like(index), [table.index_select(0, index.remainder(FeatureRows))], ones(rows.Length, 1));
        }
    }

    /// <summary>Users whose items are drawn by a popularity that falls with the item's number.</summary>
    private static InteractionLog Log(int items)
    {
        var random = new Random(1);
        int[] rows = new int[UserCount * EventsOfUser];
        for (int e = 0; e < rows.Length; e++) rows[e] = (int)(items * Math.Pow(random.NextDouble(), 3));
        int[] offsets = [.. Enumerable.Range(0, UserCount + 1).Select(u => u * EventsOfUser)];
        var events = new EventColumns(rows, Enumerable.Range(0, rows.Length).Select(e => (double)(e % EventsOfUser)).ToArray(), new ushort[rows.Length], null);
        return new InteractionLog([.. Enumerable.Range(0, UserCount).Select(u => $"u{u}")], ["a"], offsets, events);
    }
}
