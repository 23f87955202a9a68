using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Parameters and Torch's own layers as they start in the published code: weights N(0, 0.02), biases 0, LayerNorm with gain 1 and an epsilon
/// of 1e-12.
/// </summary>
public static class Initial
{
    private const double StandardDeviation = 0.02;
    private const double Epsilon = 1e-12;

    public static Linear Linear(long inputs, long outputs) => nn.Linear(Normal(outputs, inputs), Zeros(outputs));

    public static LayerNorm LayerNorm(long width) => nn.LayerNorm(width, Epsilon);

    public static Parameter Normal(params long[] shape)
    {
        var parameter = nn.Parameter(empty(shape));
        nn.init.normal_(parameter, 0, StandardDeviation);
        return parameter;
    }

    public static Parameter Zeros(params long[] shape) => nn.Parameter(zeros(shape));
}
