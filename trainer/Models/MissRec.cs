using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Interests;
using UniM2Rec.Trainer.Layers;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// MISSRec (arXiv 2308.11175; published code: missrec.py):
/// <code>
/// a_i,m      = adaptor_m(x_i,m) for each modality m that item i has                                       (§3.1)
/// c_1 … c_k  = Encoder(the distinct interests of a_1 … a_n), one layer                                    (§3.2, context encoder)
/// h          = Decoder(Σ_m a_j,m [+ id_j] + p_j over the items j; c_1 … c_k), one layer, at the last item  (§3.2, interest-aware decoder)
/// fused(h,i) = Σ_m s_m · softmax_m(α s)  with  s_m = cos(h, a_i,m)                                        (§3.3, dynamic fusion)
/// score(h,i) = fused / τ;  with ids  (s_id + 2 · fused) / 3τ                                              (missrec.py)
/// </code>
/// and, beside the contrast, a regulariser that keeps the encoded interests of a sequence apart.
/// <para>
/// Different from the published code, which is wrong there: interests (see <see cref="InterestDiscovery"/>); a modality that an item lacks adds
/// nothing, neither the adaptor's bias to the item's vector nor its cosine to the score; the regulariser counts a sequence's interests alone,
/// not padding, and is a mean over the sequences as the contrast is, not a sum, which grows with the batch and outweighs the contrast; an
/// augmented view drops an item's picture and its interests together with its text, as it is made of items.
/// </para>
/// <para>
/// The state depends on the whole sequence, so every (history, target) pair is a sequence of its own, and there is one state for each.
/// </para>
/// </summary>
public sealed class MissRecModel : Recommender
{
    private readonly ModelConfig _config;
    private readonly LayerContext _context;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> adaptors;
    private readonly Parameter? ids;
    private readonly InterestTable interests;
    private readonly Parameter no_interest;
    private readonly TransformerLayer context_encoder;
    private readonly LayerNorm context_norm;
    private readonly InterestAwareDecoder decoder;
    private readonly CandidateFusion fusion;

    /// <summary>Makes the network.</summary>
    public MissRecModel(ModelInputs inputs)
        : base(nameof(MissRecModel), inputs.Collaborative)
    {
        (_config, _context) = (inputs.Config, new LayerContext(inputs.Bfloat16));
        adaptors = nn.ModuleList(inputs.Widths.Select(w => ItemEncoder.CreateAdaptor(_config, w, _context)).ToArray());
        ids = _config.Ids ? Initial.Normal(inputs.Items, _config.Width) : null;
        interests = new InterestTable(_config.Missrec, _config.Missrec.RatioFor(inputs.Candidates), inputs.Items, inputs.Widths.Count, inputs.ItemsAtStart > 0 ? inputs.ItemsAtStart : inputs.Items, _config.Width);
        no_interest = Initial.Normal(1, _config.Width);
        context_encoder = new TransformerLayer(_config.Width, _config.Heads, _config.FeedForward, _config.Dropout, _context, _config.Dropout);
        context_norm = Initial.LayerNorm(_config.Width);
        decoder = new InterestAwareDecoder(_config, inputs.MaxLength, _context);
        fusion = new CandidateFusion(_config.Missrec.Fusion, inputs.Items);
        RegisterComponents();
        PublishedStart.Attention(this, _config.Width);
        if (_config.Adaptor == AdaptorKind.Linear) PublishedStart.Adaptors(adaptors, inputs.Widths);
    }

    /// <summary>What the model says about itself.</summary>
    public static ModelDeclaration MissRec { get; } = new()
    {
        Name = "missrec",
        Title = "MISSRec",
        Modalities = ModalityUse.Chosen,
        Reads = ["width", "heads", "feedForward", "dropout", "adaptor", "experts", "adaptorDropout", "ids", "temperature", "missrec"],
        Create = inputs => new MissRecModel(inputs),
    };

    /// <inheritdoc/>
    public override bool Causal => false;

    /// <inheritdoc/>
    public override void Reseed(ulong seed) => _context.Masks.Reseed(seed);

    /// <inheritdoc/>
    public override void BeginEpoch(ItemFeatures features, int[] rows, ulong seed, WorkContext context)
    {
        eval();
        interests.Refresh(features, rows, Adapt, seed, context);
    }

    /// <inheritdoc/>
    public override void Refit(ItemBatch items) => interests.Assign(items, Adapt(items));

    /// <inheritdoc/>
    public override IReadOnlyList<string> ByItem =>
        [$"{nameof(interests)}.{InterestTable.ByItem}", .. ids is null ? [] : new[] { nameof(ids) }, .. fusion.IsByItem ? new[] { $"{nameof(fusion)}.{CandidateFusion.ByItem}" } : []];

    /// <summary>New items belong to the interests that are nearest to them; they have no id, and the others' mean α.</summary>
    public override void Admit(ItemBatch items)
    {
        using var quiet = no_grad();
        Refit(items);
        ids?.index_fill_(0, items.Rows, 0);
        fusion.Admit(items.Rows);
    }

    /// <inheritdoc/>
    public override ItemVectors EncodeItems(ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var adapted = Adapt(items); // by modality: [items, width]
        var input = adapted.Aggregate((a, b) => a + b);
        var own = ids?.index_select(0, items.Rows); // [items, width]
        if (own is not null) input = input + own;
        return new MissRecItems(
            input.MoveToOuterDisposeScope(), items.Rows, adapted.Select(Unit).ToList(), items.Present,
            fusion.Sharpness(items.Rows).MoveToOuterDisposeScope(), own is null ? null : Unit(own));

        static Tensor Unit(Tensor x) => nn.functional.normalize(x, dim: -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        return Encode((MissRecItems)items, sequences).States.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override EncodedSequences EncodeForTraining(ItemVectors items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        var (states, encoded, tiles) = Encode((MissRecItems)items, sequences);
        IReadOnlyList<LossTerm> terms = _config.Missrec.Regularizer > 0 ? [new LossTerm("interest regulariser", Regularizer(encoded, tiles).MoveToOuterDisposeScope())] : [];
        return new EncodedSequences(states.MoveToOuterDisposeScope(), terms);
    }

    /// <inheritdoc/>
    public override Tensor Score(Tensor states, ItemVectors candidates)
    {
        using var scope = NewDisposeScope();
        var items = (MissRecItems)candidates;
        var unit = nn.functional.normalize(states, dim: -1); // [states, width]
        var score = fusion.Fuse(Cosines(unit, items), items.Present, items.Sharpness);
        if (items.Ids is not null) score = (_context.Products.Linear(unit, items.Ids, null, training) + (2 * score)) / 3;
        return (score / _config.Temperature).MoveToOuterDisposeScope();
    }

    /// <summary>Weights of the modalities are a mean over the states, as each user has others.</summary>
    public override ItemInsight? Inspect(ItemBatch items, Tensor states)
    {
        using var scope = NewDisposeScope();
        var vectors = (MissRecItems)EncodeItems(items);
        var weights = CandidateFusion.MeanWeights(Cosines(nn.functional.normalize(states, dim: -1), vectors), vectors.Present, vectors.Sharpness);
        return new([.. ItemEncoder.GatesOf(adaptors, items).Select(g => g?.MoveToOuterDisposeScope())], weights.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Tensor? InterestOfItems => interests.Membership;

    /// <inheritdoc/>
    public override NetworkExport Export(Tensor rows)
    {
        var tower = new TowerGraph(_config.Width);
        var (vectors, mask) = tower.Set(ExportTensors.Interests);
        var encoded = tower.Normalize(context_encoder.Build(tower, vectors, vectors, mask), context_norm); // [batch, some, width]
        tower.Complete(decoder.Build(tower, encoded, mask), length: 1);
        string fused = "fused = Σ_m s_m · softmax_m(sharpness · s) over the modalities that are present, with s_m = user · modality_m";
        return new NetworkExport(
            new ExportedNetwork(
                NetworkScore.Modalities, (int)_config.Width, _config.Temperature, ids is null ? $"score = fused / temperature; {fused}" : $"score = (user · ids + 2 fused) / (3 temperature); {fused}")
            {
                Modalities = adaptors.Count,
                HasIds = ids is not null,
            },
            tower,
            [
                new(ExportTensors.Interests, cat([interests.Centroids, no_interest], 0), "[interests + 1, width]: the interests; the last row stands in for a history whose items have none"),
                new(ExportTensors.InterestOf, interests.Membership.index_select(0, rows), "[items, modalities] int32: each item's row of interests, or -1 where it lacks the modality"),
            ]);
    }

    /// <summary>Fine-tuning in the published code trains the adaptors, the decoder's input LayerNorm, α and ids.</summary>
    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze switch
    {
        Freeze.Encoder => context_encoder.parameters().Concat(context_norm.parameters()).Concat(decoder.TransformerParameters),
        Freeze.Adaptors => adaptors.parameters(),
        _ => [],
    };

    /// <summary>Interests are discovered anew at the first epoch.</summary>
    protected override bool OfOneCatalogue(string parameter) =>
        parameter == nameof(ids) || parameter.StartsWith($"{nameof(interests)}.", StringComparison.Ordinal)
        || (_config.Missrec.Fusion == CandidateFusionKind.Instance && parameter.StartsWith($"{nameof(fusion)}.", StringComparison.Ordinal));

    /// <summary>By modality: [states, candidates].</summary>
    private List<Tensor> Cosines(Tensor unitStates, MissRecItems items) => items.Modalities.Select(a => _context.Products.Linear(unitStates, a, null, training)).ToList();

    /// <summary>By modality: [items, width]; 0 where the item lacks it.</summary>
    private List<Tensor> Adapt(ItemBatch items) =>
        items.Features.Select((x, m) => ItemEncoder.Adapt(adaptors[m], x, _context) * items.Present.narrow(1, m, 1)).ToList();

    /// <summary>States [sequences, width]; encoded interests [rows, length, width] and which of them are whose.</summary>
    private (Tensor States, Tensor Interests, StateTiles Tiles) Encode(MissRecItems items, PackedSequences sequences)
    {
        long none = interests.Centroids.shape[0];
        var membership = interests.Membership.index_select(0, items.Rows); // [items, modalities]
        var sets = InterestSets.Of(sequences, where(items.Present.gt(0), membership, full_like(membership, -1)), none);
        var all = sets.Interests.Contains(none) ? cat([interests.Centroids, no_interest], 0) : interests.Centroids; // mostly, nothing here is learned
        var table = all.index_select(0, HostDevice.Send(sets.Interests, all.device)); // [distinct, width]
        var encoded = context_norm.call(context_encoder.EncodeGathered(table, sets.Packed.Slots, sets.Packed.AttentionBias)); // [rows, length, width]
        var tiles = new StateTiles(sets.Packed);
        return (decoder.Decode(items.Input, sequences, encoded, tiles), encoded, tiles);
    }

    /// <summary>
    /// Keeps the encoded interests of a sequence apart: weight · mean over sequences of ‖Σ over its interests of m‖² / width. As every m has about
    /// the same length, behind a LayerNorm, that is their mutual inner products.
    /// </summary>
    private Tensor Regularizer(Tensor encoded, StateTiles tiles) =>
        tiles.Sum(encoded).square().sum(1).mean() * (_config.Missrec.Regularizer / _config.Width);
}

/// <summary>Items as MISSRec compares them: modality by modality.</summary>
/// <param name="Input">[items, width]: sum of the modalities' vectors, and of the id's.</param>
/// <param name="Rows">[items] int64: rows in the feature store, by which interests are known.</param>
/// <param name="Modalities">By modality: [items, width], unit vectors; 0 where the item lacks it.</param>
/// <param name="Present">[items, modalities]: 1 where the item has the modality, else 0.</param>
/// <param name="Sharpness">[items]: α of the fusion.</param>
/// <param name="Ids">[items, width]: unit vectors of the ids, or null without.</param>
public sealed record MissRecItems(Tensor Input, Tensor Rows, IReadOnlyList<Tensor> Modalities, Tensor Present, Tensor Sharpness, Tensor? Ids) : ItemVectors(Input)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => Ids is null ? [Input, Rows, Present, Sharpness, .. Modalities] : [Input, Rows, Present, Sharpness, .. Modalities, Ids];

    /// <inheritdoc/>
    public override IReadOnlyList<ExportedTensor> Exported =>
    [
        .. Modalities.Select((m, i) => new ExportedTensor(ExportTensors.Modality(i), m, "[candidates, width]: vectors of one modality; unit length, 0 where the item lacks it")),
        new(ExportTensors.Present, Present, "[candidates, modalities]: 1 where the item has the modality, else 0"),
        new(ExportTensors.Sharpness, Sharpness, "[candidates]: α of the fusion"),
        .. Ids is null ? [] : new[] { new ExportedTensor(ExportTensors.Ids, Ids, "[candidates, width]: vectors of the ids; unit length") },
    ];

    /// <inheritdoc/>
    protected override ItemVectors With(IReadOnlyList<Tensor> tensors) =>
        new MissRecItems(tensors[0], tensors[1], tensors.Skip(4).Take(Modalities.Count).ToList(), tensors[2], tensors[3], Ids is null ? null : tensors[^1]);
}
