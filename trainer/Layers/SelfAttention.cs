using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>Multi-head scaled dot-product self-attention with its output projection (arXiv 1706.03762, §3.2), queries, keys and values in one product.</summary>
public sealed class SelfAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long _heads;
    private readonly long _headWidth;
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly Affine query_key_value;
    private readonly Affine output;

    public SelfAttention(long width, long heads, double dropout, DropoutMasks masks)
        : base(nameof(SelfAttention))
    {
        (_heads, _headWidth, _dropout, _masks) = (heads, width / heads, dropout, masks);
        query_key_value = new Affine(width, 3 * width);
        output = new Affine(width, width);
        RegisterComponents();
    }

    /// <param name="x">[rows, length, width]</param>
    /// <param name="bias">[rows, 1, length, length]: added to the scores; −∞ hides a position.</param>
    /// <returns>[rows, length, width]</returns>
    public override Tensor forward(Tensor x, Tensor bias)
    {
        using var scope = NewDisposeScope();
        return Attend(Project(x), bias).MoveToOuterDisposeScope();
    }

    /// <summary>Queries, keys and values side by side.</summary>
    /// <param name="x">[..., width]</param>
    /// <returns>[..., 3 · width]</returns>
    public Tensor Project(Tensor x) => query_key_value.call(x);

    /// <param name="projected">[rows, length, 3 · width]: from <see cref="Project"/>.</param>
    /// <param name="bias">[rows, 1, length, length]: added to the scores; −∞ hides a position.</param>
    /// <returns>[rows, length, width]</returns>
    public Tensor Attend(Tensor projected, Tensor bias)
    {
        using var scope = NewDisposeScope();
        long rows = projected.shape[0], length = projected.shape[1];
        // Unbound rather than selected: the gradients of the three parts are then put together once.
        var parts = projected.view(rows, length, 3, _heads, _headWidth).unbind(2); // each [rows, length, heads, headWidth]
        var scores = parts[0].transpose(1, 2).matmul(parts[1].permute(0, 2, 3, 1)).mul_(1 / Math.Sqrt(_headWidth)).add_(bias);
        var weights = _masks.Apply(scores.softmax(-1), _dropout, training); // [rows, heads, length, length]
        var context = weights.matmul(parts[2].transpose(1, 2)).transpose(1, 2).reshape(rows, length, _heads * _headWidth);
        return output.call(context).MoveToOuterDisposeScope();
    }

    /// <summary>The same from the positions that <paramref name="tiles"/> are of alone.</summary>
    /// <param name="queries">[states, width]: x at these positions.</param>
    /// <param name="x">[rows, length, width]</param>
    /// <param name="tiles">Which positions each of the states sees.</param>
    /// <returns>[states, width]</returns>
    public Tensor AttendFrom(Tensor queries, Tensor x, StateTiles tiles)
    {
        using var scope = NewDisposeScope();
        long width = _heads * _headWidth;
        var (query, queryBias) = query_key_value.Part(0, width);
        var (key, _) = query_key_value.Part(width, width);
        var (value, valueBias) = query_key_value.Part(2 * width, width);
        var byHead = (nn.functional.linear(queries, query, queryBias) * (1 / Math.Sqrt(_headWidth))).view(-1, _heads, _headWidth);
        var context = FewQueriesAttention.Attend(byHead, key, value, valueBias!, x, tiles, _masks.Dropping(_dropout, training));
        return output.call(context).MoveToOuterDisposeScope();
    }
}
