using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The user side: item vectors + learned positions → LayerNorm → dropout → Transformer layers; the state at a position stands for the
/// sequence up to it (SASRec, arXiv 1808.09781; UniSRec's settings).
/// </summary>
public sealed partial class SequenceEncoder : nn.Module
{
    /// <summary>Up to this share of the positions, the last layer computes the states that are asked for alone.</summary>
    private const double FewStates = 0.5;
    internal static readonly string[] Reads = ["width", "layers", "heads", "feedForward", "dropout"];

    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly Parameter positions;
    private readonly LayerNorm input_norm;
    private readonly ModuleList<TransformerLayer> layers;

    /// <summary>Makes the layers.</summary>
    public SequenceEncoder(ModelConfig config, int maxLength, LayerContext context)
        : base(nameof(SequenceEncoder))
    {
        (_dropout, _masks) = (config.Dropout, context.Masks);
        positions = Initial.Normal(maxLength, config.Width);
        input_norm = Initial.LayerNorm(config.Width);
        layers = nn.ModuleList(Enumerable.Range(0, config.Layers)
            .Select(_ => new TransformerLayer(config.Width, config.Heads, config.FeedForward, config.Dropout, context)).ToArray());
        RegisterComponents();
    }

    /// <summary>Width of the states.</summary>
    internal long Width => positions.shape[1];

    /// <summary>Positions and Transformer layers: what UniSRec's parameter-efficient fine-tuning leaves as it is.</summary>
    public IEnumerable<Parameter> TransformerParameters => layers.parameters().Append(positions);

    /// <param name="items">[items, width]: vectors by slot.</param>
    /// <param name="sequences">Which item stands where.</param>
    /// <returns>[states, width]: those that the packing asks for.</returns>
    public Tensor Encode(Tensor items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        long rows = sequences.Slots.shape[0], length = sequences.Slots.shape[1], width = items.shape[1];
        var inputs = items.index_select(0, sequences.Slots.view(-1)) + positions.index_select(0, sequences.Positions.view(-1));
        var x = _masks.Apply(input_norm.call(inputs), _dropout, training).view(rows, length, width);
        int whole = layers.Count > 0 && sequences.StatePositions.Length <= FewStates * rows * length ? layers.Count - 1 : layers.Count;
        for (int l = 0; l < whole; l++) x = layers[l].call(x, sequences.AttentionBias);
        var states = whole < layers.Count ? layers[whole].EncodeStates(x, sequences) : x.reshape(rows * length, width).index_select(0, sequences.States);
        return states.MoveToOuterDisposeScope();
    }
}
