using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>LayerNorm over the last dimension, with the published code's epsilon of 1e-12.</summary>
public sealed class Normalization : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-12;
    private readonly long _width;
    private readonly Parameter weight;
    private readonly Parameter bias;

    public Normalization(long width)
        : base(nameof(Normalization))
    {
        _width = width;
        weight = Weights.Ones(width);
        bias = Weights.Zeros(width);
        RegisterComponents();
    }

    /// <param name="x">[..., width]</param>
    public override Tensor forward(Tensor x) => nn.functional.layer_norm(x, [_width], weight, bias, Epsilon);
}
