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

    /// <summary>What the learned numbers of the own state's share are multiplied by.</summary>
    private const double OwnShareScale = 10;

    internal static readonly string[] Reads = ["width", "layers", "heads", "feedForward", "dropout", "ownState"];

    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly Parameter positions;
    private readonly LayerNorm input_norm;
    private readonly Parameter? own_share;
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
        own_share = config.OwnState ? Initial.Zeros(config.Width) : null;
        RegisterComponents();
    }

    /// <summary>Width of the states.</summary>
    internal long Width => positions.shape[1];

    /// <summary>Positions and Transformer layers: what UniSRec's parameter-efficient fine-tuning leaves as it is.</summary>
    public IEnumerable<Parameter> TransformerParameters => layers.parameters().Append(positions).Concat(own_share is null ? [] : [own_share]);

    /// <summary>Name, in checkpoints, of what belongs to one choice of target domains, where the encoder is called <paramref name="encoder"/>.</summary>
    internal static string OwnShareIn(string encoder) => $"{encoder}.{nameof(own_share)}";

    /// <summary>Whether a state is made of two, where a history ends with an event of a domain that is not predicted.</summary>
    public bool ReadsOwn => own_share is not null;

    /// <param name="items">[items, width]: vectors by slot.</param>
    /// <param name="sequences">Which item stands where.</param>
    /// <returns>[states, width]: those that the packing asks for.</returns>
    public Tensor Encode(Tensor items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        long rows = sequences.Slots.shape[0], length = sequences.Slots.shape[1], width = items.shape[1];
        var inputs = items.index_select(0, sequences.Slots.view(-1)) + positions.index_select(0, sequences.Positions.view(-1));
        var x = _masks.Apply(input_norm.call(inputs), _dropout, training).view(rows, length, width);
        int whole = layers.Count > 0 && sequences.ReadPositions.Length <= FewStates * rows * length ? layers.Count - 1 : layers.Count;
        for (int l = 0; l < whole; l++) x = layers[l].call(x, sequences.AttentionBias);
        var read = whole < layers.Count ? layers[whole].EncodeStates(x, sequences) : x.reshape(rows * length, width).index_select(0, sequences.Read);
        return WithOwn(read, sequences).MoveToOuterDisposeScope();
    }

    /// <summary>Each state, of which the learned share is the state at the latest event of a predicted domain.</summary>
    private Tensor WithOwn(Tensor read, PackedSequences sequences)
    {
        var states = read.narrow(0, 0, sequences.States.shape[0]);
        if (own_share is null || sequences.Own is not { } own) return states;
        return states.lerp(read.index_select(0, own), OwnShare(own_share));
    }

    /// <summary>[width]: in (0, 1). The factor lets the few hundred steps of a small data set move it as far as they need.</summary>
    private static Tensor OwnShare(Tensor parameter) => (parameter * OwnShareScale).sigmoid();
}
