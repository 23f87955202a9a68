using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Layers;
using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// UniM2Rec (arXiv 2311.01831): items in a universal space from all their modalities, users as the state of a causal Transformer over their
/// mixed behaviour flow, scored by cosine / temperature. With the text modality alone it is UniSRec (arXiv 2206.05941); with ids alone and
/// no cosine it would be SASRec, which has a file of its own.
/// </summary>
public sealed class UniM2RecModel : Recommender
{
    private readonly double _temperature;
    private readonly DropoutMasks _masks;
    private readonly ItemEncoder item_encoder;
    private readonly SequenceEncoder sequence_encoder;

    public UniM2RecModel(ModelConfig config, IReadOnlyList<int> widths, int items, int domains, int maxLength)
        : base(nameof(UniM2RecModel), config)
    {
        _temperature = config.Temperature;
        _masks = new DropoutMasks();
        item_encoder = new ItemEncoder(config, widths, items, domains, _masks);
        sequence_encoder = new SequenceEncoder(config, maxLength, _masks);
        RegisterComponents();
    }

    public override bool Causal => true;

    public override void Reseed(ulong seed) => _masks.Reseed(seed);

    public override ItemVectors EncodeItems(ItemBatch items)
    {
        var vectors = item_encoder.call(items);
        return new ItemVectors(vectors, nn.functional.normalize(vectors, dim: -1));
    }

    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences) => sequence_encoder.Encode(items.Input, sequences);

    public override Tensor Score(Tensor states, ItemVectors candidates)
    {
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(states, dim: -1) * (1 / _temperature);
        return unit.matmul(candidates.Candidate.t()).MoveToOuterDisposeScope();
    }

    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze switch
    {
        Freeze.Encoder => sequence_encoder.TransformerParameters,
        Freeze.Adaptors => item_encoder.AdaptorParameters,
        _ => [],
    };
}
