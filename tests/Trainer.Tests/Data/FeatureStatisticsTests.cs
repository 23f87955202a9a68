using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Data;

public class FeatureStatisticsTests
{
    [Fact]
    public void Items_that_training_sees_have_mean_0_and_variance_1_and_absent_ones_are_zeros()
    {
        using var market = new TinyMarket(scale: 30, offset: -7);
        using var store = FeatureStore.Open(market.Features);
        using var features = new ItemFeatures(store, ["image"], [.. Enumerable.Range(0, store.ItemCount)], CPU);
        var batch = features.Gather([.. Enumerable.Range(0, store.ItemCount)]);
        var present = batch.Features[0].index_select(0, batch.Present.select(1, 0).nonzero().view(-1));

        Assert.Equal(0, present.mean([0]).abs().max().item<float>(), 5);
        Assert.Equal(1, present.square().mean().item<float>(), 4);
        Assert.Equal(store.Modality("image").PresentCount, present.shape[0]);
        Assert.Equal(0, (batch.Features[0] * (1 - batch.Present)).abs().max().item<float>());
    }

    [Fact]
    public void Rows_that_are_read_as_they_are_needed_are_the_same_as_those_that_are_held()
    {
        using var market = new TinyMarket(scale: 30, offset: -7);
        using var store = FeatureStore.Open(market.Features);
        int[] all = [.. Enumerable.Range(0, store.ItemCount)];
        using var held = new ItemFeatures(store, ["text", "image"], all, CPU);
        using var read = new ItemFeatures(store, ["text", "image"], all, CPU, holdBytes: 0);
        int[] some = [5, 0, 47, 30];

        foreach (var (a, b) in held.Gather(some).Features.Zip(read.Gather(some).Features))
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
    }

    [Fact]
    public void Items_that_are_not_measured_are_seen_by_the_statistics_of_those_that_are()
    {
        using var market = new TinyMarket();
        using var store = FeatureStore.Open(market.Features);
        int[] measured = [.. Enumerable.Range(0, 24)];
        using var features = new ItemFeatures(store, ["text"], measured, CPU);
        float[] raw = new float[store.Modality("text").Width];
        store.Modality("text").ReadRow(40, raw);
        float[] expected = raw.ToArray();
        FeatureStatistics.Of(store.Modality("text"), measured).Standardize(expected);

        Assert.Equal(expected, features.Gather([40]).Features[0].data<float>().ToArray());
        Assert.NotEqual(raw, expected);
    }

    [Fact]
    public void A_vector_that_cannot_be_computed_with_is_refused_by_the_name_of_its_item()
    {
        using var market = new TinyMarket(change: (item, vector) => vector[3] = item == "m7" ? -3e38f : vector[3]);
        using var store = FeatureStore.Open(market.Features);
        int[] all = [.. Enumerable.Range(0, store.ItemCount)];
        using var measured = new ItemFeatures(store, ["text"], all, CPU);
        using var brought = new ItemFeatures(store, ["text"], all[..24], CPU, holdBytes: 0);

        Assert.Contains("'m7' (domain music)", Assert.Throws<UserErrorException>(() => measured.Statistics).Message);
        Assert.Contains("'m7' (domain music)", Assert.Throws<UserErrorException>(() => brought.Gather([0, 31])).Message);
        Assert.Equal(1, brought.Gather([0]).Count);
    }

    [Theory]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(-2e18f, false)]
    [InlineData(-1e17f, true)]
    public void Numbers_that_are_not_finite_or_whose_squares_are_not_are_no_features(float number, bool isUsable) =>
        Assert.Equal(isUsable, FeatureStatistics.AreUsable([0, 1, number, -1]));

    [Fact]
    public void Modalities_that_tell_no_item_from_another_are_named()
    {
        using var market = new TinyMarket(change: (_, vector) => Array.Fill(vector, 0.25f));
        using var store = FeatureStore.Open(market.Features);
        using var features = new ItemFeatures(store, ["text", "image"], [.. Enumerable.Range(0, store.ItemCount)], CPU);
        using var told = new TinyMarket();
        using var toldStore = FeatureStore.Open(told.Features);
        using var telling = new ItemFeatures(toldStore, ["text", "image"], [.. Enumerable.Range(0, toldStore.ItemCount)], CPU);

        Assert.Equal(2, features.Uninformative().Count());
        Assert.Contains("'text' are the same", features.Uninformative().First());
        Assert.Empty(telling.Uninformative());
    }

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    public void Training_does_not_depend_on_the_scale_and_offset_of_the_vectors(string kind)
    {
        var plain = Train(scale: 1, offset: 0);
        var moved = Train(scale: 1000, offset: 250);

        Assert.Equal(plain.Losses.Length, moved.Losses.Length);
        for (int i = 0; i < plain.Losses.Length; i++) Assert.Equal(plain.Losses[i], moved.Losses[i], 1e-4);
        double furthest = plain.Weights.Zip(moved.Weights, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(furthest < 1e-4, $"weights differ by up to {furthest}");

        (double[] Losses, float[] Weights) Train(float scale, float offset)
        {
            using var market = new TinyMarket(scale: scale, offset: offset);
            var config = new RunConfig
            {
                Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["music"], MaxLength = 10 },
                Model = new() { Kind = kind, Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 2, Dropout = 0.1, Missrec = new() { InterestRatio = 0.2 } },
                Objective = new() { SequenceContrast = 0.1, FeatureDropChance = 1, ItemDropChance = 0 },
                Training = new() { BatchTargets = 64, Device = "cpu", LearningRate = 1e-3, Seed = 1 },
            };
            using var session = Session.Create(config, RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent);
            using var loop = new TrainingLoop(session, WorkContext.Silent);
            var (data, model) = (session.Data, session.Model);
            var examples = new ExamplePlanner(data.Split.Training, data.IsTarget, config.Data.MaxLength, model.Causal ? ExampleForm.EveryPosition : ExampleForm.Prefix).Training();
            model.BeginEpoch(session.Features, data.FlowRows, 1, WorkContext.Silent);
            model.train();
            double[] losses = EpochPlan.Batches(examples, 64, 1, 0).Take(5).Select((batch, step) => (double)loop.Step(batch, (ulong)step).item<float>()).ToArray();
            return (losses, model.named_parameters().SelectMany(p => p.parameter.data<float>().ToArray()).ToArray());
        }
    }

    [Fact]
    public void A_checkpoint_brings_its_statistics_and_one_without_leaves_vectors_as_they_are()
    {
        using var market = new TinyMarket(scale: 3, offset: 2);
        using var store = FeatureStore.Open(market.Features);
        int[] all = [.. Enumerable.Range(0, store.ItemCount)];
        var config = new RunConfig { Model = new() { Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 2 } };
        string path = market.Run("weights.safetensors"), old = market.Run("old.safetensors");
        using var trained = new ItemFeatures(store, ["text"], all[..24], CPU);
        using var model = ModelRegistry.Create(config, trained);
        Checkpoint.SaveModel(path, model, trained);
        SafeTensorsWriter.Save(old, [.. model.named_parameters().Select(p => new SafeTensor(p.name, SafeTensorType.F32, p.parameter.shape, p.parameter.bytes.ToArray()))]);

        using var opened = new ItemFeatures(store, ["text"], all, CPU);
        _ = opened.Gather([0]);
        Checkpoint.LoadModel(path, model, opened);
        Assert.Equal(trained.Statistics[0].Mean, opened.Statistics[0].Mean);
        Assert.Equal(trained.Statistics[0].Deviation, opened.Statistics[0].Deviation);
        Assert.Equal(trained.Gather([40]).Features[0].data<float>().ToArray(), opened.Gather([40]).Features[0].data<float>().ToArray());

        Checkpoint.LoadModel(old, model, opened);
        float[] raw = new float[store.Modality("text").Width];
        store.Modality("text").ReadRow(40, raw);
        Assert.Equal(raw, opened.Gather([40]).Features[0].data<float>().ToArray());
    }
}
