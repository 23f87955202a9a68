using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>SASRec (arXiv 1808.09781) as UniSRec's baseline runs it: id embeddings, the same encoder, logits by inner product.</summary>
public sealed class SasRecModel : Recommender
{
    private readonly LayerContext _context;
    private readonly ItemEncoder item_encoder;
    private readonly SequenceEncoder sequence_encoder;

    public SasRecModel(ModelConfig config, int items, int domains, int maxLength, bool bfloat16 = false)
        : base(nameof(SasRecModel), config)
    {
        _context = new LayerContext(bfloat16);
        item_encoder = new ItemEncoder(config, [], items, domains, _context);
        sequence_encoder = new SequenceEncoder(config, maxLength, _context);
        RegisterComponents();
    }

    public override bool Causal => true;

    public override void Reseed(ulong seed) => _context.Masks.Reseed(seed);

    public override ItemVectors EncodeItems(ItemBatch items)
    {
        var vectors = item_encoder.call(items);
        return new ItemVectors(vectors, vectors);
    }

    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences) => sequence_encoder.Encode(items.Input, sequences);

    public override Tensor Score(Tensor states, ItemVectors candidates) => _context.Products.Linear(states, candidates.Candidate, null, training);

    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze == Freeze.Encoder ? sequence_encoder.TransformerParameters : [];
}
