using TorchSharp.Modules;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Post-norm Transformer layer: x ← LN(x + dropout(attention(x))); x ← LN(x + dropout(W₂ gelu(W₁ x))). Not nn.TransformerEncoderLayer, which
/// takes no mask a row and is slower (414 ms against 350, forward and backward).
/// </summary>
public sealed partial class TransformerLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly double _dropout;
    private readonly double _innerDropout;
    private readonly DropoutMasks _masks;
    private readonly MatrixProducts _products;
    private readonly SelfAttention attention;
    private readonly LayerNorm attention_norm;
    private readonly Linear inner;
    private readonly Linear outer;
    private readonly LayerNorm output_norm;

    /// <param name="width">Width of the states.</param>
    /// <param name="heads">Attention heads; a divisor of the width.</param>
    /// <param name="feedForward">Inner width of the feed-forward block.</param>
    /// <param name="dropout">Share of attention weights and of each block's output that is dropped.</param>
    /// <param name="context">Dropout masks and matrix products.</param>
    /// <param name="innerDropout">Share of the feed-forward block's inner values that is dropped.</param>
    public TransformerLayer(long width, long heads, long feedForward, double dropout, LayerContext context, double innerDropout = 0)
        : base(nameof(TransformerLayer))
    {
        (_dropout, _innerDropout, (_masks, _products)) = (dropout, innerDropout, context);
        attention = new SelfAttention(width, heads, dropout, context);
        attention_norm = Initial.LayerNorm(width);
        inner = Initial.Linear(width, feedForward);
        outer = Initial.Linear(feedForward, width);
        output_norm = Initial.LayerNorm(width);
        RegisterComponents();
    }

    /// <param name="x">[rows, length, width]</param>
    /// <param name="bias">[rows, 1, length, length]</param>
    /// <returns>[rows, length, width]</returns>
    public override Tensor forward(Tensor x, Tensor bias)
    {
        using var scope = NewDisposeScope();
        return Complete(x, attention.call(x, bias)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same over rows that are gathered from a table: queries, keys and values are computed once for each of the table's vectors, however
    /// often it occurs.
    /// </summary>
    /// <param name="table">[vectors, width]</param>
    /// <param name="indices">[rows, length] int64: which vector stands where.</param>
    /// <param name="bias">[rows, 1, length, length]</param>
    /// <returns>[rows, length, width]</returns>
    public Tensor EncodeGathered(Tensor table, Tensor indices, Tensor bias)
    {
        using var scope = NewDisposeScope();
        long rows = indices.shape[0], length = indices.shape[1];
        var flat = indices.view(-1);
        var x = table.index_select(0, flat).view(rows, length, -1);
        var projected = attention.Project(table).index_select(0, flat).view(rows, length, -1);
        return Complete(x, attention.Attend(projected, bias)).MoveToOuterDisposeScope();
    }

    /// <summary>The output at the positions that are read, without computing the others.</summary>
    /// <param name="x">[rows, length, width]</param>
    /// <param name="sequences">A causal packing of that shape.</param>
    /// <returns>[read, width]: in the order of <see cref="PackedSequences.Read"/>.</returns>
    public Tensor EncodeStates(Tensor x, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        var own = x.reshape(-1, x.shape[2]).index_select(0, sequences.Read);
        return Complete(own, attention.AttendFrom(own, x, new StateTiles(sequences))).MoveToOuterDisposeScope();
    }

    private Tensor Complete(Tensor x, Tensor attended)
    {
        var middle = attention_norm.call(x + _masks.Apply(attended, _dropout, training));
        var fed = _products.Linear(outer, _masks.Apply(nn.functional.gelu(_products.Linear(inner, middle)), _innerDropout, training));
        return output_norm.call(middle + _masks.Apply(fed, _dropout, training));
    }
}

/// <summary>Multi-head scaled dot-product self-attention with its output projection (arXiv 1706.03762, §3.2), queries, keys and values in one product.</summary>
public sealed partial class SelfAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long _heads;
    private readonly long _headWidth;
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly MatrixProducts _products;
    private readonly Linear query_key_value;
    private readonly Linear output;

    /// <summary>Makes the projections.</summary>
    public SelfAttention(long width, long heads, double dropout, LayerContext context)
        : base(nameof(SelfAttention))
    {
        (_heads, _headWidth, _dropout, (_masks, _products)) = (heads, width / heads, dropout, context);
        query_key_value = Initial.Linear(width, 3 * width);
        output = Initial.Linear(width, width);
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
    public Tensor Project(Tensor x) => _products.Linear(query_key_value, x);

    /// <param name="projected">[rows, length, 3 · width]: from <see cref="Project"/>.</param>
    /// <param name="bias">[rows, 1, length, length]: added to the scores; −∞ hides a position.</param>
    /// <returns>[rows, length, width]</returns>
    public Tensor Attend(Tensor projected, Tensor bias)
    {
        using var scope = NewDisposeScope();
        long rows = projected.shape[0], length = projected.shape[1];
        // Unbound rather than selected: the gradients of the three parts are then put together once.
        var parts = projected.view(rows, length, 3, _heads, _headWidth).unbind(2); // each [rows, length, heads, headWidth]
        var (query, key, value) = (parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2));
        var context = _masks.Dropping(_dropout, training) is { } drop
            ? AttendDropping(query, key, value, bias, drop)
            : nn.functional.scaled_dot_product_attention(query, key, value, bias);
        return _products.Linear(output, context.transpose(1, 2).reshape(rows, length, _heads * _headWidth)).MoveToOuterDisposeScope();
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
        var weights = query_key_value.weight.split(width); // of queries, keys and values: each [width, width]
        var biases = query_key_value.bias!.split(width);
        var byHead = (nn.functional.linear(queries, weights[0], biases[0]) * (1 / Math.Sqrt(_headWidth))).view(-1, _heads, _headWidth);
        var context = FewQueryAttention.Attend(byHead, (weights[1], weights[2], biases[2]), x, tiles, _masks.Dropping(_dropout, training));
        return _products.Linear(output, context).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What Torch's scaled_dot_product_attention computes, with dropout of the weights from our masks: with its own, Torch leaves its fused
    /// kernel and draws with the slow generator. Over [64, 50, 300] with two heads and a mask a row, in ms on one core, this | Torch's: forward
    /// and backward 123 | 140 at dropout 0.5, but 123 | 116 without, and forward alone 39 | 37.
    /// </summary>
    private static Tensor AttendDropping(Tensor query, Tensor key, Tensor value, Tensor bias, Func<Tensor, Tensor> drop)
    {
        var scores = query.matmul(key.transpose(2, 3)).mul_(1 / Math.Sqrt(query.shape[3])).add_(bias);
        return drop(scores.softmax(-1)).matmul(value); // the weights: [rows, heads, length, length]
    }
}
