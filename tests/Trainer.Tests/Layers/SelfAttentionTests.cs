using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class SelfAttentionTests
{
    private const int Rows = 3;
    private const int Length = 5;
    private const int Width = 8;
    private const int Heads = 2;

    /// <summary>With a probability that no number of 32 bits is under, the way that drops must be the way that does not.</summary>
    [Fact]
    public void The_way_with_dropout_and_the_way_without_are_the_same_function()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var attention = new SelfAttention(Width, Heads, 1e-12, new LayerContext());
        using (no_grad())
        {
            foreach (var parameter in attention.parameters()) parameter.add_(randn(parameter.shape));
        }

        var x = randn(Rows, Length, Width);
        var weights = randn(Rows, Length, Width);
        attention.eval();
        var (plain, plainGradients) = Differentiate();
        attention.train();
        var (dropping, droppingGradients) = Differentiate();

        Assert.All(plain.Zip(dropping), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.All(plainGradients.Zip(droppingGradients), p => Assert.Equal(p.First, p.Second, 1e-4f * Math.Max(1, Math.Abs(p.First))));

        (float[] Output, float[] Gradients) Differentiate()
        {
            foreach (var parameter in attention.parameters()) parameter.grad = null;
            var output = attention.call(x, Bias());
            (output * weights).sum().backward();
            return (output.data<float>().ToArray(), attention.parameters().SelectMany(p => p.grad!.data<float>().ToArray()).ToArray());
        }
    }

    [Fact]
    public void Without_dropout_it_is_the_plain_formula_with_a_mask_a_row()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        manual_seed(5);
        var attention = new SelfAttention(Width, Heads, 0.5, new LayerContext());
        attention.eval();
        foreach (var parameter in attention.parameters()) parameter.add_(randn(parameter.shape));
        var named = attention.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var x = randn(Rows, Length, Width);
        var bias = Bias();
        var actual = attention.call(x, bias);

        const int headWidth = Width / Heads;
        for (int row = 0; row < Rows; row++)
        {
            var projected = x[row].matmul(named["query_key_value.weight"].t()) + named["query_key_value.bias"];
            var heads = Enumerable.Range(0, Heads).Select(h =>
            {
                var (q, k, v) = (Part(0, h), Part(1, h), Part(2, h));
                return ((q.matmul(k.t()) / Math.Sqrt(headWidth)) + bias[row, 0]).softmax(-1).matmul(v);
            }).ToArray();
            var expected = cat(heads, 1).matmul(named["output.weight"].t()) + named["output.bias"];
            Assert.True(expected.allclose(actual[row], 1e-4, 1e-5));

            Tensor Part(int part, int head) => projected.narrow(1, (part * Width) + (head * headWidth), headWidth);
        }
    }

    /// <summary>Row r holds a sequence of r + 1 items and one of the others; causal.</summary>
    private static Tensor Bias()
    {
        var bias = full([Rows, 1, Length, Length], float.NegativeInfinity);
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < Length; i++)
            {
                for (int j = i <= row ? 0 : row + 1; j <= i; j++) bias[row, 0, i, j] = 0;
            }
        }

        return bias;
    }
}
