using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Tests.Reference;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Training;

/// <summary>The fast training path against the plain computation: loss and every gradient.</summary>
public class FastPathTests
{
    private const int MaxLength = 7;
    private const double Tolerance = 1e-5;

    private static ModelConfig Network(bool ids) => new()
    {
        Width = 12,
        Heads = 2,
        Layers = 2,
        FeedForward = 10,
        Experts = 3,
        Dropout = 0,
        AdaptorDropout = 0,
        Ids = ids,
    };

    [Theory]
    [InlineData(CandidateSet.Catalogue, false, ExampleForm.EveryPosition)]
    [InlineData(CandidateSet.Catalogue, true, ExampleForm.EveryPosition)]
    [InlineData(CandidateSet.Catalogue, false, ExampleForm.Prefix)]
    [InlineData(CandidateSet.InBatch, false, ExampleForm.EveryPosition)]
    [InlineData(CandidateSet.InBatch, true, ExampleForm.Prefix)]
    public void Loss_and_gradients_equal_the_plain_computation(CandidateSet candidates, bool ids, ExampleForm form)
    {
        using var scope = NewDisposeScope();
        var items = new Items(14, [9, 6], seed: 3);
        var log = Logs.Random(users: 9, items: 14, longest: MaxLength, seed: 5);
        var (model, parameters) = Model(items, Network(ids));
        var examples = new ExamplePlanner(log, [true, true], MaxLength, form).Training();
        int[]? catalogue = candidates == CandidateSet.Catalogue ? Enumerable.Range(0, 14).ToArray() : null;

        var batch = new BatchBuilder(14, causal: true, CPU) { Catalogue = catalogue }.Build(examples);
        var (fast, fastGradients) = Differentiate(new TrainingObjective(Network(ids), new ObjectiveConfig()), model, batch, items, parameters);

        var plain = new PlainUniM2Rec(Network(ids), MaxLength, parameters, items).Loss(PlainUniM2Rec.Pairs(log, examples), catalogue);
        var plainGradients = Gradients(plain, parameters);

        Assert.Equal(plain.item<float>(), fast, Tolerance * Math.Max(1, Math.Abs(plain.item<float>())));
        AssertEqual(plainGradients, fastGradients);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(12)]
    public void Histories_without_a_modality_have_the_loss_and_gradients_of_the_plain_computation(int mostEvents)
    {
        using var scope = NewDisposeScope();
        var items = new Items(14, [9, 6], seed: 3);
        var log = Logs.Random(users: 9, items: 14, longest: MaxLength, seed: 5);
        var (model, parameters) = Model(items, Network(ids: false));
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.EveryPosition).Training();
        int[] catalogue = Enumerable.Range(0, 14).ToArray();
        // So near to 1 that every sequence is drawn.
        var objective = new TrainingObjective(Network(ids: false), new ObjectiveConfig { HistoryModalityDropout = 0.9999999 });
        var batch = new BatchBuilder(14, causal: true, CPU) { Catalogue = catalogue, MostEvents = mostEvents }.Build(examples);
        var plain = Enumerable.Range(0, 2).Select(modality =>
        {
            var loss = new PlainUniM2Rec(Network(ids: false), MaxLength, parameters, items) { Histories = items.Without(modality) }.Loss(PlainUniM2Rec.Pairs(log, examples), catalogue);
            return (Loss: loss.item<float>(), Gradients: Gradients(loss, parameters));
        }).ToList();
        Assert.True(Math.Abs(plain[0].Loss - plain[1].Loss) > 1e-2);

        var withheld = Enumerable.Range(0, 8).Select(seed =>
        {
            objective.Reseed((ulong)seed);
            var (loss, gradients) = Differentiate(objective, model, batch, items, parameters);
            int modality = plain.FindIndex(p => Math.Abs(p.Loss - loss) <= Tolerance * Math.Max(1, Math.Abs(p.Loss)));
            Assert.True(modality >= 0, $"the loss {loss} is of no modality withheld, which are {plain[0].Loss} and {plain[1].Loss}");
            AssertEqual(plain[modality].Gradients, gradients);
            return modality;
        }).ToHashSet();

        Assert.Equal(2, withheld.Count);
    }

    [Theory]
    [InlineData(ViewKind.ItemDrop)]
    [InlineData(ViewKind.CrossDomain)]
    public void View_contrast_and_its_gradients_equal_the_plain_computation(ViewKind kind)
    {
        using var scope = NewDisposeScope();
        var items = new Items(14, [9, 6], seed: 3);
        var log = Logs.Random(users: 9, items: 14, longest: MaxLength, seed: 6);
        var network = Network(ids: false);
        var (model, parameters) = Model(items, network);
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.EveryPosition).Training();
        var objective = new ObjectiveConfig
        {
            Candidates = CandidateSet.InBatch,
            SequenceContrast = 0.5,
            ItemDropChance = kind == ViewKind.ItemDrop ? 1 : 0,
            FeatureDropChance = 0,
            CrossDomainChance = kind == ViewKind.CrossDomain ? 1 : 0,
        };

        var batch = new BatchBuilder(14, causal: true, CPU).Build(examples, new ViewBuilder(objective, new Random(4)));
        var view = batch.View!;
        Assert.Equal(kind, view.Kind);
        var (fast, fastGradients) = Differentiate(new TrainingObjective(network, objective), model, batch, items, parameters);

        var original = batch.Parts[0].Sequences.States.index_select(0, view.OriginalStates);
        var rows = original.data<long>().ToArray().Zip(view.Sequences.States.data<long>().ToArray(), view.TargetSlots.data<long>().ToArray())
            .Select(p => (Sequence(batch, batch.Parts[0].Sequences, p.First), Sequence(batch, view.Sequences, p.Second), (int)p.Third)).ToList();
        var reference = new PlainUniM2Rec(network, MaxLength, parameters, items);
        var plain = reference.Loss(PlainUniM2Rec.Pairs(log, examples), null) + (reference.ViewContrast(rows) * 0.5);
        var plainGradients = Gradients(plain, parameters);

        Assert.True(rows.Count > 3);
        Assert.Equal(plain.item<float>(), fast, Tolerance * Math.Max(1, Math.Abs(plain.item<float>())));
        AssertEqual(plainGradients, fastGradients);
    }

    [Theory]
    [InlineData(CandidateSet.Catalogue, Freeze.None)]
    [InlineData(CandidateSet.Catalogue, Freeze.Adaptors)]
    [InlineData(CandidateSet.InBatch, Freeze.None)]
    public void A_batch_in_parts_has_the_loss_and_the_gradients_of_the_whole(CandidateSet candidates, Freeze freeze)
    {
        using var scope = NewDisposeScope();
        var items = new Items(14, [9, 6], seed: 3);
        var log = Logs.Random(users: 9, items: 14, longest: MaxLength, seed: 7);
        var (model, parameters) = Model(items, Network(ids: false));
        foreach (var frozen in model.Frozen(freeze)) frozen.requires_grad = false;
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.EveryPosition).Training();
        int[]? catalogue = candidates == CandidateSet.Catalogue ? Enumerable.Range(0, 14).ToArray() : null;
        var objective = new TrainingObjective(Network(ids: false), new ObjectiveConfig());

        var whole = new BatchBuilder(14, causal: true, CPU) { Catalogue = catalogue }.Build(examples);
        var loss = objective.Loss(model, whole, items.Gather(whole.ItemRows));
        var gradients = Gradients(loss, parameters);
        var parts = new BatchBuilder(14, causal: true, CPU) { Catalogue = catalogue, MostEvents = 12 }.Build(examples);
        Assert.Single(whole.Parts);
        Assert.True(parts.Parts.Count > 2);
        Assert.Equal(whole.TargetCount, parts.TargetCount);
        var (sum, summed) = Differentiate(objective, model, parts, items, parameters);

        Assert.Equal(loss.item<float>(), sum, Tolerance);
        Assert.Equal(gradients.Keys.Order(), summed.Keys.Order());
        AssertEqual(gradients, summed);
    }

    [Theory]
    [InlineData(int.MaxValue, Freeze.None)]
    [InlineData(12, Freeze.None)]
    [InlineData(int.MaxValue, Freeze.Adaptors)]
    public void Scores_in_blocks_have_the_loss_and_the_gradients_of_the_plain_computation(int mostEvents, Freeze freeze)
    {
        using var scope = NewDisposeScope();
        var items = new Items(14, [9, 6], seed: 3);
        var log = Logs.Random(users: 9, items: 14, longest: MaxLength, seed: 8);
        var (model, parameters) = Model(items, Network(ids: true));
        foreach (var frozen in model.Frozen(freeze)) frozen.requires_grad = false;
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.EveryPosition).Training();
        int[] catalogue = Enumerable.Range(0, 14).ToArray();
        var batch = new BatchBuilder(14, causal: true, CPU) { Catalogue = catalogue, MostEvents = mostEvents }.Build(examples);

        // A block is of mostScores / 4 / targets candidates: of one to a few here.
        var objective = new TrainingObjective(Network(ids: true), new ObjectiveConfig()) { MostScores = 50 };
        Assert.All(batch.Parts, part => Assert.True(part.TargetCount * 14 > objective.MostScores));
        var (loss, gradients) = Differentiate(objective, model, batch, items, parameters);

        var plain = new PlainUniM2Rec(Network(ids: true), MaxLength, parameters, items).Loss(PlainUniM2Rec.Pairs(log, examples), catalogue);
        Assert.Equal(plain.item<float>(), loss, Tolerance * Math.Max(1, Math.Abs(plain.item<float>())));
        AssertEqual(Gradients(plain, parameters), gradients);
    }

    private static (Recommender Model, Dictionary<string, Tensor> Parameters) Model(Items items, ModelConfig network)
    {
        manual_seed(11);
        var model = new UniM2RecModel(new ModelInputs(network, items.Widths, items.Count) { Domains = 2, MaxLength = MaxLength });
        model.eval();
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        using var quiet = no_grad();
        // Weights large enough that every part of the network matters, and gates that differ.
        foreach (var parameter in parameters.Values) parameter.add_(randn(parameter.shape).mul_(0.2));
        return (model, parameters);
    }

    /// <summary>Rows of the items up to a flat position of a packing, from its own sequence's start.</summary>
    private static int[] Sequence(SequenceBatch batch, PackedSequences packed, long position)
    {
        long[] slots = packed.Slots.reshape(-1).data<long>().ToArray();
        long[] positions = packed.Positions.reshape(-1).data<long>().ToArray();
        return Enumerable.Range((int)(position - positions[position]), (int)positions[position] + 1).Select(i => batch.ItemRows[slots[i]]).ToArray();
    }

    private static (double Loss, Dictionary<string, float[]> Gradients) Differentiate(
        TrainingObjective objective, Recommender model, SequenceBatch batch, Items items, Dictionary<string, Tensor> parameters)
    {
        foreach (var parameter in parameters.Values) parameter.grad = null;
        double loss = objective.Differentiate(model, batch, items.Gather(batch.ItemRows)).item<float>();
        return (loss, Taken(parameters));
    }

    private static Dictionary<string, float[]> Gradients(Tensor loss, Dictionary<string, Tensor> parameters)
    {
        foreach (var parameter in parameters.Values) parameter.grad = null;
        loss.backward();
        return Taken(parameters);
    }

    private static Dictionary<string, float[]> Taken(Dictionary<string, Tensor> parameters) =>
        parameters.Where(p => p.Value.grad is not null).ToDictionary(p => p.Key, p => p.Value.grad!.data<float>().ToArray());

    private static void AssertEqual(Dictionary<string, float[]> expected, Dictionary<string, float[]> actual)
    {
        foreach (var (name, gradient) in expected)
        {
            float scale = Math.Max(1, gradient.Max(Math.Abs));
            Assert.True(actual.ContainsKey(name), $"{name} has no gradient");
            float worst = gradient.Zip(actual[name], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(worst <= Tolerance * scale, $"{name}: differs by {worst} where the largest entry is {scale}");
        }

        Assert.True(expected.Count > 20);
    }
}
