using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Multi-head attention (arXiv 1706.03762, §3.2) from fewer queries than there are positions. Neither keys nor values are computed for the
/// positions: with k_i = K x_i and v_i = V x_i + c,
/// <code>
/// q · k_i = (Kᵀ q) · x_i           Σ_i a_i v_i = V (Σ_i a_i x_i) + c Σ_i a_i
/// </code>
/// A bias of the keys would add the same to every score of a query and fall out of the softmax, so there is none. Torch's
/// scaled_dot_product_attention needs keys and values of every position, and takes 159 ms where this takes 42.
/// </summary>
internal static class FewQueryAttention
{
    /// <param name="queries">[states, heads, headWidth], already divided by √headWidth.</param>
    /// <param name="projections">[width, width] each: K and V, head by head; [width]: c.</param>
    /// <param name="x">[rows, length, width]: the packed positions.</param>
    /// <param name="tiles">Which positions each state sees.</param>
    /// <param name="drop">Dropout of the weights, or null where there is none.</param>
    /// <returns>[states, width]</returns>
    public static Tensor Attend(Tensor queries, (Tensor Key, Tensor Value, Tensor ValueBias) projections, Tensor x, StateTiles tiles, Func<Tensor, Tensor>? drop)
    {
        var (key, value, valueBias) = projections;
        using var scope = NewDisposeScope();
        long count = queries.shape[0], heads = queries.shape[1], headWidth = queries.shape[2], width = x.shape[2];
        var asked = queries.transpose(0, 1).matmul(key.view(heads, headWidth, width)).transpose(0, 1).reshape(count, heads * width); // Kᵀ q
        var (means, sums) = AttendRuns(tiles.States(asked), tiles.Positions(x), heads, tiles, drop);
        var mean = tiles.InOrder(means).view(count, heads, width).transpose(0, 1); // [heads, states, width]
        var context = mean.matmul(value.view(heads, headWidth, width).transpose(1, 2)).transpose(0, 1); // [states, heads, headWidth]
        var bias = valueBias.view(heads, headWidth);
        context = context + (sums is null ? bias : tiles.InOrder(sums).unsqueeze(2) * bias);
        return context.reshape(count, width).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// By run of tiles: the weighted sum of the positions, [tiles, states, heads · width], and the sum of the weights, [tiles, states, heads], which
    /// is 1 but for dropout, and then not computed.
    /// </summary>
    private static (List<Tensor> Means, List<Tensor>? Sums) AttendRuns(
        Tensor[] asked, Tensor[] own, long heads, StateTiles tiles, Func<Tensor, Tensor>? drop)
    {
        var means = new List<Tensor>();
        var sums = drop is null ? null : new List<Tensor>();
        for (int r = 0; r < own.Length; r++)
        {
            long count = own[r].shape[0], positions = own[r].shape[1], width = own[r].shape[2], states = asked[r].shape[1];
            var scores = asked[r].view(count, states * heads, width).matmul(own[r].transpose(1, 2)).view(count, states, heads, positions) + tiles.Runs[r].Bias;
            var weights = scores.softmax(-1);
            if (drop is not null) weights = drop(weights);
            means.Add(weights.view(count, states * heads, positions).matmul(own[r]).view(count, states, heads * width));
            sums?.Add(weights.sum(-1));
        }

        return (means, sums);
    }
}

/// <summary>Multi-head attention with its projections from a single query a sequence, which is folded into the positions (<see cref="FewQueryAttention"/>).</summary>
public sealed partial class OneQueryAttention : nn.Module
{
    private readonly long _heads;
    private readonly long _headWidth;
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly MatrixProducts _products;
    private readonly Linear query;
    private readonly Parameter key;
    private readonly Parameter value;
    private readonly Parameter value_bias;
    private readonly Linear output;

    /// <summary>Makes the projections.</summary>
    public OneQueryAttention(long width, long heads, double dropout, LayerContext context)
        : base(nameof(OneQueryAttention))
    {
        (_heads, _headWidth, _dropout, (_masks, _products)) = (heads, width / heads, dropout, context);
        query = Initial.Linear(width, width);
        key = Initial.Normal(width, width);
        value = Initial.Normal(width, width);
        value_bias = Initial.Zeros(width);
        output = Initial.Linear(width, width);
        RegisterComponents();
    }

    /// <param name="queries">[sequences, width]: what each sequence asks with.</param>
    /// <param name="x">[rows, length, width]: the packed positions that are attended to.</param>
    /// <param name="tiles">Which positions belong to which sequence.</param>
    /// <returns>[sequences, width]</returns>
    public Tensor Attend(Tensor queries, Tensor x, StateTiles tiles)
    {
        using var scope = NewDisposeScope();
        var byHead = (_products.Linear(query, queries) * (1 / Math.Sqrt(_headWidth))).view(-1, _heads, _headWidth);
        var context = FewQueryAttention.Attend(byHead, (key, value, value_bias), x, tiles, _masks.Dropping(_dropout, training));
        return _products.Linear(output, context).MoveToOuterDisposeScope();
    }
}
