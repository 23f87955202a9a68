using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Tests.Models;

/// <summary>Names and shapes of what checkpoints hold: weights that were kept by an earlier version must find their places.</summary>
public class ParameterNamesTests
{
    private static readonly string[] Layer =
    [
        "attention.query_key_value.weight [24, 8]", "attention.query_key_value.bias [24]", "attention.output.weight [8, 8]", "attention.output.bias [8]",
        "attention_norm.weight [8]", "attention_norm.bias [8]",
        "inner.weight [6, 8]", "inner.bias [6]", "outer.weight [8, 6]", "outer.bias [8]",
        "output_norm.weight [8]", "output_norm.bias [8]",
    ];

    private static readonly string[] Encoder =
    [
        "sequence_encoder.positions [10, 8]", "sequence_encoder.input_norm.weight [8]", "sequence_encoder.input_norm.bias [8]",
        .. Layer.Select(n => "sequence_encoder.layers.0." + n), .. Layer.Select(n => "sequence_encoder.layers.1." + n),
    ];

    private static ModelConfig Network(string kind, AdaptorKind adaptor) => new()
    {
        Kind = kind,
        Adaptor = adaptor,
        Width = 8,
        Heads = 2,
        Layers = 2,
        FeedForward = 6,
        Experts = 3,
        Ids = true,
    };

    [Fact]
    public void SasRec()
    {
        using var model = new SasRecModel(new ModelInputs(Network("sasrec", AdaptorKind.Mixture), [], 20) { Domains = 2, MaxLength = 10 });
        AssertHolds(model, ["item_encoder.ids [20, 8]", .. Encoder]);
    }

    [Fact]
    public void UniM2Rec()
    {
        using var model = new UniM2RecModel(new ModelInputs(Network("unim2rec", AdaptorKind.Mixture), [5, 4], 20) { Domains = 2, MaxLength = 10 });
        AssertHolds(
            model,
            [
                "item_encoder.ids [20, 8]",
                "item_encoder.adaptors.0.weight [3, 8, 5]", "item_encoder.adaptors.0.centre [3, 5]",
                "item_encoder.adaptors.0.gate [5, 3]", "item_encoder.adaptors.0.gate_noise [5, 3]",
                "item_encoder.adaptors.1.weight [3, 8, 4]", "item_encoder.adaptors.1.centre [3, 4]",
                "item_encoder.adaptors.1.gate [4, 3]", "item_encoder.adaptors.1.gate_noise [4, 3]",
                .. Encoder,
            ]);
    }

    [Fact]
    public void MissRec()
    {
        using var model = new MissRecModel(new ModelInputs(Network("missrec", AdaptorKind.Linear), [5, 4], 20) { MaxLength = 10 });
        string[] attention = ["key [8, 8]", "value [8, 8]", "value_bias [8]", "query.weight [8, 8]", "query.bias [8]", "output.weight [8, 8]", "output.bias [8]"];
        string[] norms = ["input_norm", "item_norm", "interest_norm", "output_norm", "final_norm"];
        AssertHolds(
            model,
            [
                "ids [20, 8]", "no_interest [1, 8]",
                "adaptors.0.weight [8, 5]", "adaptors.0.bias [8]", "adaptors.1.weight [8, 4]", "adaptors.1.bias [8]",
                "interests.centroids [20, 8]", "interests.membership [20, 2]",
                .. Layer.Select(n => "context_encoder." + n), "context_norm.weight [8]", "context_norm.bias [8]",
                "decoder.positions [10, 8]",
                .. attention.Select(n => "decoder.item_attention." + n), .. attention.Select(n => "decoder.interest_attention." + n),
                .. norms.SelectMany(n => new[] { $"decoder.{n}.weight [8]", $"decoder.{n}.bias [8]" }),
                "decoder.inner.weight [6, 8]", "decoder.inner.bias [6]", "decoder.outer.weight [8, 6]", "decoder.outer.bias [8]",
                "fusion.sharpness [1]",
            ]);
    }

    private static void AssertHolds(Recommender model, IEnumerable<string> expected)
    {
        var held = model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(model.named_buffers())
            .Select(t => $"{t.Item1} [{string.Join(", ", t.Item2.shape)}]");
        Assert.Equal(expected.Order(StringComparer.Ordinal), held.Order(StringComparer.Ordinal));
    }
}
