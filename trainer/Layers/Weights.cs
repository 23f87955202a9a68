using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>How parameters start, as in the published code: N(0, 0.02) for weights, 0 for biases, 1 for LayerNorm gains.</summary>
public static class Weights
{
    private const double StandardDeviation = 0.02;

    public static Parameter Normal(params long[] shape) => new(randn(shape).mul_(StandardDeviation));

    public static Parameter Zeros(params long[] shape) => new(zeros(shape));

    public static Parameter Ones(params long[] shape) => new(ones(shape));
}
