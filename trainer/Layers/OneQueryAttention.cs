using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>Multi-head attention with its projections from a single query a sequence, which is folded into the positions (<see cref="FewQueriesAttention"/>).</summary>
public sealed class OneQueryAttention : nn.Module
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
        var context = FewQueriesAttention.Attend(byHead, key, value, value_bias, x, tiles, _masks.Dropping(_dropout, training));
        return _products.Linear(output, context).MoveToOuterDisposeScope();
    }
}
