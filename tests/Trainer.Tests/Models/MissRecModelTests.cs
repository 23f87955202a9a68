using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Tests.Reference;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Models;

/// <summary>MISSRec's fast forms against the plain computation: loss and every gradient.</summary>
public class MissRecModelTests
{
    private const int MaxLength = 7;
    private const int ItemCount = 14;
    private const double Tolerance = 2e-5;

    private static ModelConfig Network(CandidateFusionKind fusion, bool ids) => new()
    {
        Kind = "missrec",
        Adaptor = AdaptorKind.Linear,
        Width = 12,
        Heads = 4,
        FeedForward = 10,
        Dropout = 0,
        Ids = ids,
        Missrec = new() { Fusion = fusion, Regularizer = 0.01 },
    };

    [Theory]
    [InlineData(CandidateFusionKind.Static, false)]
    [InlineData(CandidateFusionKind.Shared, false)]
    [InlineData(CandidateFusionKind.Shared, true)]
    [InlineData(CandidateFusionKind.Instance, true)]
    [InlineData(CandidateFusionKind.Shared, false, 12)]
    public void Fine_tuning_loss_and_gradients_equal_the_plain_computation(CandidateFusionKind fusion, bool ids, int mostEvents = MicroBatches.MostEvents)
    {
        using var scope = NewDisposeScope();
        var items = new Items(ItemCount, [9, 6], seed: 3);
        var log = Logs.Random(users: 12, items: ItemCount, longest: MaxLength, seed: 5);
        var network = Network(fusion, ids);
        var (model, parameters, reference) = Model(items, network);
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.Prefix).Training();
        int[] catalogue = Enumerable.Range(0, ItemCount).ToArray();

        var batch = new BatchBuilder(ItemCount, causal: false, CPU) { Catalogue = catalogue, MostEvents = mostEvents }.Build(examples);
        Assert.Equal(mostEvents < MicroBatches.MostEvents, batch.Parts.Count > 1);
        var fast = new TrainingObjective(network, new ObjectiveConfig()).Loss(model, batch, items.Gather(batch.ItemRows));
        var plain = reference.Loss(PlainUniM2Rec.Pairs(log, examples), catalogue);

        AssertSame(plain, fast, parameters);
    }

    [Fact]
    public void Pre_training_loss_and_gradients_equal_the_plain_computation()
    {
        using var scope = NewDisposeScope();
        var items = new Items(ItemCount, [9, 6], seed: 4);
        var log = Logs.Random(users: 8, items: ItemCount, longest: MaxLength, seed: 6);
        var network = Network(CandidateFusionKind.Shared, ids: false);
        var (model, parameters, reference) = Model(items, network);
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.Prefix).Training();
        var objective = new ObjectiveConfig { Candidates = CandidateSet.InBatch, SequenceContrast = 0.5, FeatureDropChance = 0 };

        var batch = new BatchBuilder(ItemCount, causal: false, CPU).Build(examples, new ViewBuilder(objective, new Random(4)));
        var fast = new TrainingObjective(network, objective).Loss(model, batch, items.Gather(batch.ItemRows));
        var rows = examples.Select((w, i) =>
            (log.Items(w.First, w.End).ToArray(), batch.View!.Sequences.Sequences[i].Select(s => batch.ItemRows[s]).ToArray(), log.ItemOf(w.Targets[0].Target))).ToList();
        Assert.Contains(rows, r => r.Item2.Length < r.Item1.Length);
        var plain = reference.PretrainingLoss(rows, 0.5);

        AssertSame(plain, fast, parameters);
    }

    [Fact]
    public void A_history_without_any_feature_has_a_finite_state()
    {
        using var scope = NewDisposeScope();
        var items = new Items(ItemCount, [9, 6], seed: 3);
        var model = new MissRecModel(new ModelInputs(Network(CandidateFusionKind.Shared, ids: false), items.Widths, ItemCount) { MaxLength = MaxLength });
        model.eval();
        var vectors = model.EncodeItems(items.Gather([0, 1]) with { Present = zeros(2, 2) });
        var states = model.EncodeSequences(vectors, SequencePacker.Pack([[0, 1], [1]], causal: false, CPU));
        Assert.True(states.isfinite().all().item<bool>());
    }

    private static (MissRecModel Model, Dictionary<string, Tensor> Parameters, PlainMissRec Reference) Model(Items items, ModelConfig network)
    {
        manual_seed(11);
        var model = new MissRecModel(new ModelInputs(network with { Missrec = network.Missrec with { InterestRatio = 0.25 } }, items.Widths, ItemCount) { MaxLength = MaxLength });
        model.eval();
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        using var quiet = no_grad();
        // Weights large enough that every part of the network matters.
        foreach (var parameter in parameters.Values) parameter.add_(randn(parameter.shape).mul_(0.2));
        var buffers = model.named_buffers().ToDictionary(b => b.name, b => b.buffer);
        buffers["interests.centroids"].copy_(randn(7, network.Width));
        long[,] membership = new long[ItemCount, 2];
        var random = new Random(9);
        for (int i = 0; i < ItemCount; i++)
        {
            for (int m = 0; m < 2; m++) membership[i, m] = items.Present[i][m].item<float>() > 0 ? random.Next(7) : -1;
        }

        buffers["interests.membership"].copy_(tensor(membership.Cast<long>().ToArray()).view(ItemCount, 2));
        return (model, parameters, new PlainMissRec(network, parameters, buffers["interests.centroids"], membership, items));
    }

    private static void AssertSame(Tensor plain, Tensor fast, Dictionary<string, Tensor> parameters)
    {
        Assert.Equal(plain.item<float>(), fast.item<float>(), Tolerance * Math.Max(1, Math.Abs(plain.item<float>())));
        var fastGradients = Gradients(fast, parameters);
        var plainGradients = Gradients(plain, parameters);
        Assert.True(plainGradients.Count > 30);
        foreach (var (name, gradient) in plainGradients)
        {
            float scale = Math.Max(1, gradient.Max(Math.Abs));
            float worst = gradient.Zip(fastGradients[name], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(worst <= Tolerance * scale, $"{name}: differs by {worst} where the largest entry is {scale}");
        }
    }

    private static Dictionary<string, float[]> Gradients(Tensor loss, Dictionary<string, Tensor> parameters)
    {
        foreach (var parameter in parameters.Values) parameter.grad = null;
        loss.backward();
        return parameters.Where(p => p.Value.grad is not null).ToDictionary(p => p.Key, p => p.Value.grad!.data<float>().ToArray());
    }
}
