using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Multi-head attention (arXiv 1706.03762, §3.2) with a single query a sequence. As there are many more positions than queries, neither keys nor
/// values are computed for each position: with k_i = K x_i and v_i = V x_i + c,
/// <code>
/// q · k_i = (Kᵀ q) · x_i           Σ_i a_i v_i = V (Σ_i a_i x_i) + c Σ_i a_i
/// </code>
/// A bias of the keys would add the same to every score and fall out of the softmax, so there is none.
/// </summary>
public sealed class OneQueryAttention : nn.Module
{
    private readonly long _heads;
    private readonly long _headWidth;
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly Affine query;
    private readonly Parameter key;
    private readonly Parameter value;
    private readonly Parameter value_bias;
    private readonly Affine output;

    public OneQueryAttention(long width, long heads, double dropout, DropoutMasks masks)
        : base(nameof(OneQueryAttention))
    {
        (_heads, _headWidth, _dropout, _masks) = (heads, width / heads, dropout, masks);
        query = new Affine(width, width);
        key = Weights.Normal(width, width);
        value = Weights.Normal(width, width);
        value_bias = Weights.Zeros(width);
        output = new Affine(width, width);
        RegisterComponents();
    }

    /// <param name="queries">[sequences, width]: what each sequence asks with.</param>
    /// <param name="x">[rows, length, width]: the packed positions that are attended to.</param>
    /// <param name="groups">Which positions belong to which sequence.</param>
    /// <returns>[sequences, width]</returns>
    public Tensor Attend(Tensor queries, Tensor x, SequenceGroups groups)
    {
        using var scope = NewDisposeScope();
        long sequences = queries.shape[0], width = queries.shape[1];
        var byHead = (query.call(queries) * (1 / Math.Sqrt(_headWidth))).view(sequences, _heads, _headWidth).transpose(0, 1);
        var asked = byHead.matmul(key.view(_heads, _headWidth, width)).transpose(0, 1).reshape(sequences, _heads * width); // Kᵀ q
        var found = groups.InOrder(groups.Groups.Select(g => AttendGroup(asked, x, g)).ToList()); // [sequences, heads, width + 1]
        var mean = found.narrow(2, 0, width).transpose(0, 1); // [heads, sequences, width]
        var context = mean.matmul(value.view(_heads, _headWidth, width).transpose(1, 2)).transpose(0, 1) // [sequences, heads, headWidth]
            + (found.narrow(2, width, 1) * value_bias.view(_heads, _headWidth));
        return output.call(context.reshape(sequences, width)).MoveToOuterDisposeScope();
    }

    /// <summary>[rows · capacity, heads, width + 1]: the weighted sum of the positions, and the sum of the weights, which dropout makes differ from 1.</summary>
    private Tensor AttendGroup(Tensor asked, Tensor x, SequenceGroups.Group group)
    {
        long rows = group.IsMember.shape[0], capacity = group.IsMember.shape[1], length = group.IsMember.shape[2], width = x.shape[2];
        var own = x.index_select(0, group.Rows); // [rows, length, width]
        var queries = asked.index_select(0, group.Sequences).view(rows, capacity * _heads, width);
        var isUsed = group.IsMember.amax([2], keepdim: true); // unused places attend to everything, so that nothing becomes NaN
        var hidden = group.IsMember.eq(0).logical_and(isUsed.gt(0)).unsqueeze(2); // [rows, capacity, 1, length]
        var scores = queries.matmul(own.transpose(1, 2)).view(rows, capacity, _heads, length).masked_fill(hidden, float.NegativeInfinity);
        var weights = _masks.Apply(scores.softmax(-1), _dropout, training);
        var sum = weights.view(rows, capacity * _heads, length).matmul(own).view(rows * capacity, _heads, width);
        return cat([sum, weights.sum(-1).view(rows * capacity, _heads, 1)], 2);
    }
}
