using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>Post-norm Transformer layer: x ← LN(x + dropout(attention(x))); x ← LN(x + dropout(W₂ gelu(W₁ x))).</summary>
public sealed class TransformerLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly SelfAttention attention;
    private readonly Normalization attention_norm;
    private readonly Affine inner;
    private readonly Affine outer;
    private readonly Normalization output_norm;

    public TransformerLayer(long width, long heads, long feedForward, double dropout, DropoutMasks masks)
        : base(nameof(TransformerLayer))
    {
        (_dropout, _masks) = (dropout, masks);
        attention = new SelfAttention(width, heads, dropout, masks);
        attention_norm = new Normalization(width);
        inner = new Affine(width, feedForward);
        outer = new Affine(feedForward, width);
        output_norm = new Normalization(width);
        RegisterComponents();
    }

    /// <param name="x">[rows, length, width]</param>
    /// <param name="bias">[rows, 1, length, length]</param>
    /// <returns>[rows, length, width]</returns>
    public override Tensor forward(Tensor x, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var attended = attention_norm.call(x + _masks.Apply(attention.call(x, bias), _dropout, training));
        var fed = outer.call(nn.functional.gelu(inner.call(attended)));
        return output_norm.call(attended + _masks.Apply(fed, _dropout, training)).MoveToOuterDisposeScope();
    }
}
