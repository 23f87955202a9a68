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
    private readonly LayerContext _context;
    private readonly ItemEncoder item_encoder;
    private readonly SequenceEncoder sequence_encoder;

    public UniM2RecModel(ModelConfig config, IReadOnlyList<int> widths, int items, int domains, int maxLength, bool bfloat16 = false)
        : base(nameof(UniM2RecModel), config)
    {
        _temperature = config.Temperature;
        _context = new LayerContext(bfloat16);
        item_encoder = new ItemEncoder(config, widths, items, domains, _context);
        sequence_encoder = new SequenceEncoder(config, maxLength, _context);
        RegisterComponents();
    }

    public override bool Causal => true;

    public override void Reseed(ulong seed) => _context.Masks.Reseed(seed);

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
        return _context.Products.Linear(unit, candidates.Candidate, null, training).MoveToOuterDisposeScope();
    }

    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze switch
    {
        Freeze.Encoder => sequence_encoder.TransformerParameters,
        Freeze.Adaptors => item_encoder.AdaptorParameters,
        _ => [],
    };
}
