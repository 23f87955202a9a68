using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>y = x·Wᵀ + b, with W ~ N(0, 0.02) and b = 0 at the start.</summary>
public sealed class Affine : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <param name="inputs">Width of x.</param>
    /// <param name="outputs">Width of y.</param>
    /// <param name="withBias">Whether there is a b.</param>
    public Affine(long inputs, long outputs, bool withBias = true)
        : base(nameof(Affine))
    {
        weight = Weights.Normal(outputs, inputs);
        bias = withBias ? Weights.Zeros(outputs) : null;
        RegisterComponents();
    }

    /// <summary>W and b of some of the outputs.</summary>
    internal (Tensor Weight, Tensor? Bias) Part(long first, long count) => (weight.narrow(0, first, count), bias?.narrow(0, first, count));

    /// <param name="x">[..., inputs]</param>
    /// <returns>[..., outputs]</returns>
    public override Tensor forward(Tensor x) => nn.functional.linear(x, weight, bias);
}
