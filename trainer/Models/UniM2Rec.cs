using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;
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

/// <summary>
/// The item side of UniM2Rec (arXiv 2311.01831): each modality's frozen vector goes through its own adaptor into the universal space, and the
/// modalities that are present are fused; with ids, an id embedding is added (UniSRec's transductive setting).
/// </summary>
public sealed class ItemEncoder : nn.Module<ItemBatch, Tensor>
{
    private readonly ModelConfig _config;
    private readonly LayerContext _context;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> adaptors;
    private readonly ModalityFusion fusion;
    private readonly Parameter? ids;

    /// <param name="config">The network.</param>
    /// <param name="widths">Widths of the modalities' features; empty for ids alone.</param>
    /// <param name="items">Rows of the feature store.</param>
    /// <param name="domains">Domains of the feature store.</param>
    /// <param name="context">Dropout masks and matrix products.</param>
    public ItemEncoder(ModelConfig config, IReadOnlyList<int> widths, int items, int domains, LayerContext context)
        : base(nameof(ItemEncoder))
    {
        (_config, _context) = (config, context);
        adaptors = nn.ModuleList(widths.Select(w => CreateAdaptor(config, w, context)).ToArray());
        fusion = new ModalityFusion(config.Fusion, widths.Count, config.Width, domains);
        ids = config.Ids || widths.Count == 0 ? Initial.Normal(items, config.Width) : null;
        RegisterComponents();
    }

    /// <summary>Parameters of the modality adaptors and their fusion.</summary>
    public IEnumerable<Parameter> AdaptorParameters => adaptors.parameters().Concat(fusion.parameters());

    /// <param name="items">The items' features.</param>
    /// <returns>[items, width]</returns>
    public override Tensor forward(ItemBatch items)
    {
        using var scope = NewDisposeScope();
        Tensor? vector = null;
        if (adaptors.Count > 0)
        {
            var adapted = items.Features.Select((x, m) => Adapt(adaptors[m], x, _context)).ToList();
            vector = fusion.Fuse(adapted, KeptModalities(items), items.Domains);
        }

        if (ids is not null)
        {
            var own = ids.index_select(0, items.Rows);
            if (training && _config.IdDropout > 0 && vector is not null)
                own = own * _context.Masks.Draw([items.Count, 1], _config.IdDropout, kept: 1).to(own.device);
            vector = vector is null ? own : vector + own;
        }

        return vector!.MoveToOuterDisposeScope();
    }

    /// <summary>One modality's way into the universal space.</summary>
    internal static nn.Module<Tensor, Tensor> CreateAdaptor(ModelConfig config, int inputs, LayerContext context) => config.Adaptor switch
    {
        AdaptorKind.Mixture => new MixtureOfExperts(inputs, config.Width, config.Experts, config.AdaptorDropout, context),
        AdaptorKind.Whitening => new MixtureOfExperts(inputs, config.Width, 1, config.AdaptorDropout, context),
        _ => Initial.Linear(inputs, config.Width),
    };

    /// <summary>A modality's vectors in the universal space.</summary>
    internal static Tensor Adapt(nn.Module<Tensor, Tensor> adaptor, Tensor x, LayerContext context) =>
        adaptor is Linear linear ? context.Products.Linear(linear, x) : adaptor.call(x);

    /// <summary>Presence in this step: with modality dropout some are withheld, but never an item's last one.</summary>
    private Tensor KeptModalities(ItemBatch items)
    {
        if (!training || _config.ModalityDropout <= 0) return items.Present;
        var drawn = items.Present * _context.Masks.Draw(items.Present.shape, _config.ModalityDropout, kept: 1).to(items.Present.device);
        return where(drawn.sum(1, keepdim: true).gt(0), drawn, items.Present);
    }
}
