using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The large matrix products of training: adaptors, the Transformer's projections and feed-forward blocks, logits. In bfloat16, both factors are
/// rounded to 8 bits of mantissa for the product alone, in the backward pass too (as in mixed-precision training, arXiv 1710.03740 and 1905.12322);
/// sums inside a product, weights, moments, normalisation, softmax and loss are of float32.
/// </summary>
/// <param name="bfloat16">Whether products are computed in bfloat16; by default in float32.</param>
public sealed class MatrixProducts(bool bfloat16 = false)
{
    /// <summary>y = x·Wᵀ + b.</summary>
    /// <param name="x">[..., inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="training">Only training takes bfloat16: what is ranked keeps float32, in which far fewer scores are equal.</param>
    /// <returns>[..., outputs]</returns>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias, bool training)
    {
        if (!bfloat16 || !training) return nn.functional.linear(x, weight, bias);
        using var scope = NewDisposeScope();
        var product = nn.functional.linear(x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16)).to(ScalarType.Float32);
        return (bias is null ? product : product + bias).MoveToOuterDisposeScope();
    }

    /// <summary>A layer's output, in training mode if the layer is.</summary>
    /// <param name="layer">W and b.</param>
    /// <param name="x">[..., inputs]</param>
    /// <returns>[..., outputs]</returns>
    public Tensor Linear(Linear layer, Tensor x) => Linear(x, layer.weight, layer.bias, layer.training);
}

/// <summary>What the layers of one model share: where their dropout masks come from, and how their large products are computed.</summary>
public sealed record LayerContext(DropoutMasks Masks, MatrixProducts Products)
{
    /// <param name="bfloat16">Whether training computes large products in bfloat16.</param>
    public LayerContext(bool bfloat16 = false)
        : this(new DropoutMasks(), new MatrixProducts(bfloat16))
    {
    }
}
