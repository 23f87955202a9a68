using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// UniM2Rec (arXiv 2311.01831), which extends UniSRec (arXiv 2206.05941) from text to every modality and from one domain to the mixed flow:
/// <code>
/// v_i        = mean over the modalities m that item i has of MoE_m(x_i,m)   [+ id_i, transductive]     (§3.1; UniSRec eq. 1–4)
/// h_1 … h_n  = Transformer(LayerNorm(v_1 + p_1), …, LayerNorm(v_n + p_n)), causal                        (§3.2; UniSRec eq. 5–7)
/// score(s,i) = cos(h_n, v_i) / τ                                                                          (UniSRec eq. 8, 10)
/// </code>
/// With the text modality alone it is UniSRec.
/// </summary>
public sealed class UniM2RecModel : Recommender
{
    private readonly double _temperature;
    private readonly LayerContext _context;
    private readonly ItemEncoder item_encoder;
    private readonly SequenceEncoder sequence_encoder;

    /// <summary>Makes the network.</summary>
    public UniM2RecModel(ModelInputs inputs)
        : base(nameof(UniM2RecModel), inputs.Collaborative)
    {
        _temperature = inputs.Config.Temperature;
        _context = new LayerContext(inputs.Bfloat16);
        item_encoder = new ItemEncoder(inputs, _context);
        sequence_encoder = new SequenceEncoder(inputs.Config, inputs.MaxLength, _context);
        RegisterComponents();
    }

    /// <summary>What the model says about itself.</summary>
    public static ModelDeclaration UniM2Rec { get; } = new()
    {
        Name = "unim2rec",
        Title = "UniM2Rec",
        Modalities = ModalityUse.Chosen,
        CanDoWithIdsAlone = true,
        Reads = [.. ItemEncoder.Reads, .. SequenceEncoder.Reads, "temperature"],
        Create = inputs => new UniM2RecModel(inputs),
    };

    /// <summary>The same with the text alone.</summary>
    public static ModelDeclaration UniSRec { get; } = UniM2Rec with { Name = "unisrec", Title = "UniSRec", Modalities = ModalityUse.Text };

    /// <inheritdoc/>
    public override bool Causal => true;

    /// <inheritdoc/>
    public override bool ReadsOwn => sequence_encoder.ReadsOwn;

    /// <inheritdoc/>
    public override void Reseed(ulong seed) => _context.Masks.Reseed(seed);

    /// <inheritdoc/>
    public override ItemVectors EncodeItems(ItemBatch items)
    {
        var vectors = item_encoder.call(items); // [items, width]
        return new SingleVectors(vectors, nn.functional.normalize(vectors, dim: -1));
    }

    /// <inheritdoc/>
    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences) => sequence_encoder.Encode(items.Input, sequences); // [states, width]

    /// <inheritdoc/>
    public override Tensor Score(Tensor states, ItemVectors candidates)
    {
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(states, dim: -1) * (1 / _temperature); // [states, width]
        return _context.Products.Linear(unit, ((SingleVectors)candidates).Candidate, null, training).MoveToOuterDisposeScope(); // [states, candidates]
    }

    /// <inheritdoc/>
    public override ItemInsight? Inspect(ItemBatch items, Tensor states) => item_encoder.Inspect(items);

    /// <summary>The user's vector has the length 1/τ, so that its product with a candidate of unit length is the score.</summary>
    public override NetworkExport Export(Tensor rows)
    {
        var tower = new TowerGraph(sequence_encoder.Width);
        tower.Complete(sequence_encoder.Build(tower), length: 1 / _temperature);
        return new NetworkExport(new ExportedNetwork(NetworkScore.Product, (int)tower.Width, 1, "score = user · items, with user = h / (τ ‖h‖)") { ReadsOwn = ReadsOwn }, tower, []);
    }

    /// <summary>UniSRec's parameter-efficient fine-tuning leaves Transformer and positions as they are.</summary>
    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze switch
    {
        Freeze.Encoder => sequence_encoder.TransformerParameters,
        Freeze.Adaptors => item_encoder.AdaptorParameters,
        _ => [],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> ByItem => item_encoder.HasIds ? [ItemEncoder.IdsIn(nameof(item_encoder))] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ByDomain => [$"{nameof(item_encoder)}.{ItemEncoder.ByDomain}"];

    /// <inheritdoc/>
    public override void Admit(ItemBatch items) => item_encoder.Admit(items);

    /// <inheritdoc/>
    protected override bool OfOneCatalogue(string parameter) =>
        parameter == ItemEncoder.IdsIn(nameof(item_encoder)) || parameter == SequenceEncoder.OwnShareIn(nameof(sequence_encoder));
}

/// <summary>
/// The item side: each modality's frozen vector goes through its own adaptor into the universal space, and the modalities that are present are
/// fused; with ids, an id embedding is added (UniSRec's transductive setting).
/// </summary>
public sealed class ItemEncoder : nn.Module<ItemBatch, Tensor>
{
    internal static readonly string[] Reads = ["width", "adaptor", "experts", "adaptorDropout", "fusion", "ids", "idDropout", "modalityDropout"];

    private readonly ModelConfig _config;
    private readonly LayerContext _context;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> adaptors;
    private readonly ModalityFusion fusion;
    private readonly Parameter? ids;

    /// <summary>Makes the adaptors.</summary>
    public ItemEncoder(ModelInputs inputs, LayerContext context)
        : base(nameof(ItemEncoder))
    {
        (_config, _context) = (inputs.Config, context);
        adaptors = nn.ModuleList(inputs.Widths.Select(w => CreateAdaptor(_config, w, context)).ToArray());
        fusion = new ModalityFusion(_config.Fusion, inputs.Widths.Count, _config.Width, inputs.Domains);
        ids = _config.Ids || inputs.Widths.Count == 0 ? Initial.Normal(inputs.Items, _config.Width) : null;
        RegisterComponents();
    }

    /// <summary>Name, in checkpoints, of what has a row for each domain, below the encoder's own.</summary>
    internal const string ByDomain = $"{nameof(fusion)}.{ModalityFusion.ByDomain}";

    /// <summary>Whether items have id embeddings.</summary>
    public bool HasIds => ids is not null;

    /// <summary>Name of the id embeddings in checkpoints, where the encoder is called <paramref name="encoder"/>.</summary>
    internal static string IdsIn(string encoder) => $"{encoder}.{nameof(ids)}";

    /// <summary>Items without an embedding of their own get 0: they are what their features say.</summary>
    public void Admit(ItemBatch items)
    {
        using var quiet = no_grad();
        ids?.index_fill_(0, items.Rows, 0);
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
            var adapted = Adapted(items); // by modality: [items, width]
            vector = fusion.Fuse(adapted, KeptModalities(items), items.Domains);
        }

        if (ids is not null)
        {
            var own = ids.index_select(0, items.Rows);
            if (training && _config.IdDropout > 0 && vector is not null)
                own = own * _context.Masks.Draw([items.Count, 1], _config.IdDropout, kept: 1, own.device);
            vector = vector is null ? own : vector + own;
        }

        return vector!.MoveToOuterDisposeScope();
    }

    /// <summary>Gates of the experts and weights of the modalities; null for ids alone.</summary>
    public ItemInsight? Inspect(ItemBatch items) =>
        adaptors.Count == 0 ? null : new(GatesOf(adaptors, items), fusion.Weights(Adapted(items), items.Present, items.Domains));

    /// <summary>By adaptor: [items, experts]; null where it has no experts to choose from.</summary>
    internal static IReadOnlyList<Tensor?> GatesOf(IEnumerable<nn.Module<Tensor, Tensor>> adaptors, ItemBatch items) =>
        [.. adaptors.Select((adaptor, m) => (adaptor as MixtureOfExperts)?.Gates(items.Features[m]))];

    /// <summary>By modality: [items, width].</summary>
    private List<Tensor> Adapted(ItemBatch items) => items.Features.Select((x, m) => Adapt(adaptors[m], x, _context)).ToList();

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
        var drawn = items.Present * _context.Masks.Draw(items.Present.shape, _config.ModalityDropout, kept: 1, items.Present.device);
        return where(drawn.sum(1, keepdim: true).gt(0), drawn, items.Present);
    }
}
