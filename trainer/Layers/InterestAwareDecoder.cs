using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// MISSRec's decoder (arXiv 2308.11175, §3.2; the published code's nn.Transformer decoder of one layer): item vectors + learned positions →
/// LayerNorm → dropout → attention over the sequence's items → attention over its encoded interests → feed-forward, each with a residual and a
/// LayerNorm after it. Nothing is causal, and only the state at the last item is read, so with one layer everything past the first LayerNorm is
/// computed for that one position a sequence; the result is the same. As in nn.Transformer, another LayerNorm follows the last layer's own.
/// </summary>
public sealed partial class InterestAwareDecoder : nn.Module
{
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly MatrixProducts _products;
    private readonly Parameter positions;
    private readonly LayerNorm input_norm;
    private readonly OneQueryAttention item_attention;
    private readonly LayerNorm item_norm;
    private readonly OneQueryAttention interest_attention;
    private readonly LayerNorm interest_norm;
    private readonly Linear inner;
    private readonly Linear outer;
    private readonly LayerNorm output_norm;
    private readonly LayerNorm final_norm;

    /// <summary>Makes the layers.</summary>
    public InterestAwareDecoder(ModelConfig config, int maxLength, LayerContext context)
        : base(nameof(InterestAwareDecoder))
    {
        (_dropout, (_masks, _products)) = (config.Dropout, context);
        positions = Initial.Normal(maxLength, config.Width);
        input_norm = Initial.LayerNorm(config.Width);
        item_attention = new OneQueryAttention(config.Width, config.Heads, config.Dropout, context);
        item_norm = Initial.LayerNorm(config.Width);
        interest_attention = new OneQueryAttention(config.Width, config.Heads, config.Dropout, context);
        interest_norm = Initial.LayerNorm(config.Width);
        inner = Initial.Linear(config.Width, config.FeedForward);
        outer = Initial.Linear(config.FeedForward, config.Width);
        output_norm = Initial.LayerNorm(config.Width);
        final_norm = Initial.LayerNorm(config.Width);
        RegisterComponents();
    }

    /// <summary>Everything but the input LayerNorm: what parameter-efficient fine-tuning leaves as it is.</summary>
    public IEnumerable<Parameter> TransformerParameters =>
        named_parameters().Where(p => !p.name.StartsWith("input_norm.", StringComparison.Ordinal)).Select(p => p.parameter);

    /// <param name="items">[items, width]: vectors by slot.</param>
    /// <param name="sequences">Which item stands where.</param>
    /// <param name="interests">[rows, length, width]: encoded interests, packed as <paramref name="interestTiles"/>.</param>
    /// <param name="interestTiles">Which interests belong to which sequence.</param>
    /// <returns>[sequences, width]: the state at each sequence's last item.</returns>
    public Tensor Decode(Tensor items, PackedSequences sequences, Tensor interests, StateTiles interestTiles)
    {
        using var scope = NewDisposeScope();
        long rows = sequences.Slots.shape[0], length = sequences.Slots.shape[1], width = items.shape[1];
        var inputs = items.index_select(0, sequences.Slots.view(-1)) + positions.index_select(0, sequences.Positions.view(-1));
        var x = _masks.Apply(input_norm.call(inputs), _dropout, training); // [rows · length, width]
        var last = x.index_select(0, sequences.States); // [sequences, width]

        var attended = item_attention.Attend(last, x.view(rows, length, width), new StateTiles(sequences));
        last = item_norm.call(last + _masks.Apply(attended, _dropout, training));
        last = interest_norm.call(last + _masks.Apply(interest_attention.Attend(last, interests, interestTiles), _dropout, training));
        var fed = _products.Linear(outer, _masks.Apply(nn.functional.gelu(_products.Linear(inner, last)), _dropout, training));
        return final_norm.call(output_norm.call(last + _masks.Apply(fed, _dropout, training))).MoveToOuterDisposeScope();
    }
}
