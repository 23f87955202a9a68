using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class MixtureOfExpertsTests
{
    [Fact]
    public void Equals_the_gated_sum_of_whitenings_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        const int inputs = 5, outputs = 4, experts = 3;
        var layer = new MixtureOfExperts(inputs, outputs, experts, 0, new LayerContext());
        layer.eval();
        var parameters = layer.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        using (no_grad())
        {
            foreach (var p in parameters.Values) p.add_(randn(p.shape).mul_(0.5));
        }

        var x = randn(6, inputs);
        float[] y = layer.call(x).data<float>().ToArray();

        float[] Values(string name) => parameters[name].data<float>().ToArray();
        var (weight, centre, gate, input) = (Values("weight"), Values("centre"), Values("gate"), x.data<float>().ToArray());
        for (int i = 0; i < 6; i++)
        {
            double[] logits = Enumerable.Range(0, experts).Select(k => Enumerable.Range(0, inputs).Sum(f => (double)input[(i * inputs) + f] * gate[(f * experts) + k])).ToArray();
            double mass = logits.Sum(Math.Exp);
            for (int o = 0; o < outputs; o++)
            {
                double expected = 0;
                for (int k = 0; k < experts; k++)
                {
                    double whitened = 0;
                    for (int f = 0; f < inputs; f++)
                        whitened += weight[(((k * outputs) + o) * inputs) + f] * (input[(i * inputs) + f] - centre[(k * inputs) + f]);
                    expected += Math.Exp(logits[k]) / mass * whitened;
                }

                Assert.Equal(expected, y[(i * outputs) + o], 1e-5);
            }
        }
    }

    [Fact]
    public void Gates_are_noisy_in_training_only()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var layer = new MixtureOfExperts(5, 4, 3, 0, new LayerContext());
        var x = randn(6, 5);
        layer.train();
        Assert.False(layer.call(x).allclose(layer.call(x)));
        layer.eval();
        Assert.True(layer.call(x).allclose(layer.call(x)));
    }
}
