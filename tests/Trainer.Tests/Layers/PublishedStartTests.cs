using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Tests.Layers;

public class PublishedStartTests
{
    [Fact]
    public void MissRec_starts_as_its_published_code_does()
    {
        using var scope = NewDisposeScope();
        var model = new MissRecModel(new ModelInputs(new ModelConfig { Kind = "missrec", Adaptor = AdaptorKind.Linear, Width = 64, Heads = 4 }, [100, 25], 50) { MaxLength = 10 });
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());

        double attention = Math.Sqrt(6.0 / (4 * 64));
        string[] projections =
        [
            "context_encoder.attention.query_key_value.weight",
            "decoder.item_attention.query.weight", "decoder.item_attention.key", "decoder.item_attention.value",
            "decoder.interest_attention.query.weight", "decoder.interest_attention.key", "decoder.interest_attention.value",
        ];
        foreach (string name in projections) AssertUniform(parameters[name], attention);
        AssertUniform(parameters["adaptors.0.weight"], 0.1);
        AssertUniform(parameters["adaptors.1.weight"], 0.2);
        Assert.InRange(parameters["adaptors.0.bias"].Max(Math.Abs), 0.05, 0.1);
        Assert.Equal(0.02, Math.Sqrt(parameters["decoder.item_attention.output.weight"].Average(w => w * w)), 0.002);
        Assert.All(parameters["decoder.item_attention.query.bias"], b => Assert.Equal(0, b));
    }

    private static void AssertUniform(float[] values, double bound)
    {
        Assert.InRange(values.Max(Math.Abs), 0.95 * bound, bound);
        Assert.Equal(bound / Math.Sqrt(3), Math.Sqrt(values.Average(v => v * v)), 0.05 * bound);
    }
}
