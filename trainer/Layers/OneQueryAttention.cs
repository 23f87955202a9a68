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
    /// <param name="tiles">Which positions belong to which sequence.</param>
    /// <returns>[sequences, width]</returns>
    public Tensor Attend(Tensor queries, Tensor x, SequenceTiles tiles)
    {
        using var scope = NewDisposeScope();
        long sequences = queries.shape[0], width = queries.shape[1];
        var byHead = (query.call(queries) * (1 / Math.Sqrt(_headWidth))).view(sequences, _heads, _headWidth).transpose(0, 1);
        var asked = byHead.matmul(key.view(_heads, _headWidth, width)).transpose(0, 1).reshape(sequences, _heads * width); // Kᵀ q
        var (means, sums) = AttendTiles(tiles.Sequences(asked), tiles.Positions(x), tiles);
        var mean = tiles.InOrder(means).view(sequences, _heads, width).transpose(0, 1); // [heads, sequences, width]
        var context = mean.matmul(value.view(_heads, _headWidth, width).transpose(1, 2)).transpose(0, 1); // [sequences, heads, headWidth]
        var bias = value_bias.view(_heads, _headWidth);
        context = context + (sums is null ? bias : tiles.InOrder(sums).unsqueeze(2) * bias);
        return output.call(context.reshape(sequences, width)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// By tile: the weighted sum of the positions, [sequences, heads · width], and the sum of the weights, [sequences, heads], which is 1 but
    /// for dropout, and then not computed.
    /// </summary>
    private (List<Tensor> Means, List<Tensor>? Sums) AttendTiles(Tensor[] asked, Tensor[] own, SequenceTiles tiles)
    {
        var means = new List<Tensor>();
        var sums = training && _dropout > 0 ? new List<Tensor>() : null;
        for (int t = 0; t < own.Length; t++)
        {
            long sequences = asked[t].shape[0], positions = own[t].shape[0], width = own[t].shape[1];
            var scores = asked[t].view(sequences * _heads, width).matmul(own[t].t()).view(sequences, _heads, positions) + tiles.Tiles[t].Bias;
            var weights = _masks.Apply(scores.softmax(-1), _dropout, training);
            means.Add(weights.view(sequences * _heads, positions).matmul(own[t]).view(sequences, _heads * width));
            sums?.Add(weights.sum(-1));
        }

        return (means, sums);
    }
}
