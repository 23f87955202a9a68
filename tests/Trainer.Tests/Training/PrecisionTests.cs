using System.Runtime.Intrinsics.X86;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Training;

/// <summary>Training with products in bfloat16 beside the same in float32.</summary>
public class PrecisionTests
{
    /// <summary>bfloat16 keeps 8 bits, so that a factor is off by up to 2⁻⁹ of itself; a few products lie one behind the other.</summary>
    private const double LossBound = 0.01, GradientBound = 0.05;

    [Theory]
    [InlineData("unim2rec", AdaptorKind.Mixture)]
    [InlineData("unim2rec", AdaptorKind.Linear)]
    [InlineData("missrec", AdaptorKind.Linear)]
    [InlineData("sasrec", AdaptorKind.Linear)]
    public void Loss_and_gradients_are_those_of_float32_within_bounds_and_not_the_same(string kind, AdaptorKind adaptor)
    {
        using var scope = NewDisposeScope();
        var (loss, gradients) = Step(kind, adaptor, bfloat16: false);
        var (rounded, roundedGradients) = Step(kind, adaptor, bfloat16: true);

        Assert.NotEqual(loss, rounded);
        Assert.Equal(loss, rounded, LossBound * loss);
        Assert.Equal(gradients.Keys, roundedGradients.Keys);
        double whole = Math.Sqrt(gradients.Values.Sum(Square)), off = Math.Sqrt(gradients.Sum(g => Square(g.Value - roundedGradients[g.Key])));
        Assert.True(off < GradientBound * whole, $"gradients differ by {off / whole:P1} of their length");
        Assert.All(roundedGradients.Values, g => Assert.Equal(ScalarType.Float32, g.dtype));
    }

    [Fact]
    public void Ranking_is_of_float32_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        var (items, _) = Data();
        using var exact = Model("unim2rec", AdaptorKind.Mixture, bfloat16: false);
        using var rounded = Model("unim2rec", AdaptorKind.Mixture, bfloat16: true);
        exact.eval();
        rounded.eval();
        var packed = SequencePacker.Pack([[1, 4, 2], [7, 3]], causal: true, CPU);
        float[] Scores(Recommender model)
        {
            var vectors = model.EncodeItems(items.Gather([.. Enumerable.Range(0, items.Count)]));
            return model.Score(model.EncodeSequences(vectors, packed), vectors).data<float>().ToArray();
        }

        Assert.Equal(Scores(exact), Scores(rounded));
    }

    [Fact]
    public void Auto_takes_bfloat16_only_where_the_processor_computes_it()
    {
        Assert.True(Precisions.UsesBfloat16(Precision.Bfloat16, CPU));
        Assert.False(Precisions.UsesBfloat16(Precision.Float32, CPU));
        Assert.Equal(Precisions.HasBfloat16(CPU), Precisions.UsesBfloat16(Precision.Auto, CPU));
        if (!Avx512F.IsSupported) Assert.False(Precisions.HasBfloat16(CPU));
    }

    private static double Square(Tensor x) => x.square().sum().item<float>();

    private static (double Loss, SortedDictionary<string, Tensor> Gradients) Step(string kind, AdaptorKind adaptor, bool bfloat16)
    {
        var (items, log) = Data();
        using var model = Model(kind, adaptor, bfloat16);
        var form = model.Causal ? ExampleForm.EveryPosition : ExampleForm.Prefix;
        var examples = new ExamplePlanner(log, [true, true], 10, form).Training();
        var batch = new BatchBuilder(items.Count, model.Causal, CPU) { Catalogue = [.. Enumerable.Range(0, items.Count)] }.Build(examples);
        model.train();
        double loss = new TrainingObjective(Network(kind, adaptor), new ObjectiveConfig()).Differentiate(model, batch, items.Gather(batch.ItemRows)).item<float>();
        var gradients = model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        return (loss, new SortedDictionary<string, Tensor>(gradients, StringComparer.Ordinal));
    }

    private static (Items Items, InteractionLog Log) Data() => (new Items(40, [24, 16], seed: 3), Logs.Random(users: 30, items: 40, longest: 10, seed: 5));

    private static ModelConfig Network(string kind, AdaptorKind adaptor) => new()
    {
        Kind = kind,
        Adaptor = adaptor,
        Width = 32,
        Heads = 2,
        Layers = 2,
        FeedForward = 32,
        Experts = 3,
        Dropout = 0,
        AdaptorDropout = 0,
        Ids = kind == "sasrec",
    };

    private static Recommender Model(string kind, AdaptorKind adaptor, bool bfloat16)
    {
        var network = Network(kind, adaptor);
        manual_seed(1);
        var model = ModelRegistry.Find(kind).Create(new ModelInputs(network with { Missrec = new() { InterestRatio = 0.2 } }, [24, 16], 40) { Domains = 2, MaxLength = 10, Bfloat16 = bfloat16 });
        // Weights of N(0, 0.02) leave every logit near 0, where rounding would not show.
        using var quiet = no_grad();
        foreach (var (_, parameter) in model.named_parameters().Where(p => p.parameter.dim() > 1)) parameter.mul_(8);
        return model;
    }
}
