using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Interests;
using UniM2Rec.Trainer.Layers;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// MISSRec (arXiv 2308.11175; published code: missrec.py). Items are their adapted modality vectors. A sequence's distinct interests go through
/// a context encoder of one layer; a decoder of one layer goes over the items (sum of modalities + position, with ids + id embedding) and over
/// the encoded interests, each with one more LayerNorm at its end, as nn.Transformer has it; its state at the last item stands for the user and
/// is compared with each modality of a candidate, fused per user.
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
    private static readonly string[] ProjectionNames = ["attention.query_key_value.weight", "attention.query.weight", "attention.key", "attention.value"];
    private readonly ModelConfig _config;
    private readonly int _modalities;
    private readonly LayerContext _context;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> adaptors;
    private readonly Parameter? ids;
    private readonly InterestTable interests;
    private readonly Parameter no_interest;
    private readonly TransformerLayer context_encoder;
    private readonly LayerNorm context_norm;
    private readonly InterestAwareDecoder decoder;
    private readonly CandidateFusion fusion;

    /// <param name="config">The network.</param>
    /// <param name="interestRatio">Interests for each vector of an item's modality.</param>
    /// <param name="widths">Widths of the modalities' features; at least one.</param>
    /// <param name="items">Rows of the feature store.</param>
    /// <param name="maxLength">Items of a sequence at most.</param>
    /// <param name="bfloat16">Whether training computes large products in bfloat16.</param>
    public MissRecModel(ModelConfig config, double interestRatio, IReadOnlyList<int> widths, int items, int maxLength, bool bfloat16 = false)
        : base(nameof(MissRecModel), config)
    {
        (_config, _modalities, _context) = (config, widths.Count, new LayerContext(bfloat16));
        adaptors = nn.ModuleList(widths.Select(w => ItemEncoder.CreateAdaptor(config, w, _context)).ToArray());
        ids = config.Ids ? Initial.Normal(items, config.Width) : null;
        interests = new InterestTable(config.Missrec, interestRatio, items, widths.Count, config.Width);
        no_interest = Initial.Normal(1, config.Width);
        context_encoder = new TransformerLayer(config.Width, config.Heads, config.FeedForward, config.Dropout, _context, config.Dropout);
        context_norm = Initial.LayerNorm(config.Width);
        decoder = new InterestAwareDecoder(config, maxLength, _context);
        fusion = new CandidateFusion(config.Missrec.Fusion, items);
        RegisterComponents();

        var projections = context_encoder.named_parameters().Concat(decoder.named_parameters())
            .Where(p => ProjectionNames.Any(n => p.name.EndsWith(n, StringComparison.Ordinal)));
        PublishedStart.Attention(projections.Select(p => p.parameter), config.Width);
        if (config.Adaptor == AdaptorKind.Linear)
        {
            for (int m = 0; m < widths.Count; m++) PublishedStart.Adaptor(adaptors[m].parameters(), widths[m]);
        }
    }

    public override bool Causal => false;

    public override void Reseed(ulong seed) => _context.Masks.Reseed(seed);

    public override void BeginEpoch(ItemFeatures features, int[] rows, ulong seed)
    {
        eval();
        interests.Refresh(features, rows, Adapt, seed);
    }

    public override void Refit(ItemBatch items) => interests.Assign(items, Adapt(items));

    /// <returns>
    /// Input: [items, width]. Candidate: [items, (modalities [+ 1 with ids]) · width + modalities + 1]: unit vectors of each modality (0 where
    /// absent) and of the id, then presence of each modality, then the item's α of the fusion.
    /// </returns>
    public override ItemVectors EncodeItems(ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var adapted = Adapt(items);
        var input = adapted.Aggregate((a, b) => a + b);
        var candidate = adapted.Select(x => nn.functional.normalize(x, dim: -1)).ToList();
        if (ids is not null)
        {
            var own = ids.index_select(0, items.Rows);
            input = input + own;
            candidate.Add(nn.functional.normalize(own, dim: -1));
        }

        candidate.Add(items.Present);
        candidate.Add(fusion.Sharpness(items.Rows));
        return new ItemVectors(input.MoveToOuterDisposeScope(), cat(candidate.ToArray(), 1).MoveToOuterDisposeScope(), items.Rows);
    }

    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        return Encode(items, sequences).States.MoveToOuterDisposeScope();
    }

    public override (Tensor States, Tensor? Penalty) EncodeForTraining(ItemVectors items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        var (states, encoded, tiles) = Encode(items, sequences);
        return (states.MoveToOuterDisposeScope(), _config.Missrec.Regularizer > 0 ? Penalty(encoded, tiles).MoveToOuterDisposeScope() : null);
    }

    public override Tensor Score(Tensor states, ItemVectors candidates)
    {
        using var scope = NewDisposeScope();
        int blocks = _modalities + (ids is null ? 0 : 1);
        var parts = candidates.Candidate.split([.. Enumerable.Repeat((long)_config.Width, blocks), _modalities, 1], 1);
        // What divides the scores divides the states instead: the fusion of c · s with α / c is c times that of s with α.
        double scale = (ids is null ? 1 : 2 / 3.0) / _config.Temperature;
        var unit = nn.functional.normalize(states, dim: -1);
        var scaled = unit * scale;
        var cosines = parts.Take(_modalities).Select(p => _context.Products.Linear(scaled, p, null, training)).ToList();
        var score = fusion.Fuse(cosines, parts[blocks], parts[blocks + 1].squeeze(1) * (1 / scale));
        if (ids is not null) score = score + _context.Products.Linear(unit * (1 / (3 * _config.Temperature)), parts[_modalities], null, training);
        return score.MoveToOuterDisposeScope();
    }

    /// <summary>Fine-tuning in the published code trains the adaptors, the decoder's input LayerNorm, α and ids.</summary>
    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze switch
    {
        Freeze.Encoder => context_encoder.parameters().Concat(context_norm.parameters()).Concat(decoder.TransformerParameters),
        Freeze.Adaptors => adaptors.parameters(),
        _ => [],
    };

    /// <summary>By modality: [items, width]; 0 where the item lacks it.</summary>
    private List<Tensor> Adapt(ItemBatch items) =>
        items.Features.Select((x, m) => ItemEncoder.Adapt(adaptors[m], x, _context) * items.Present.narrow(1, m, 1)).ToList();

    /// <summary>States [sequences, width]; encoded interests [rows, length, width] and which of them are whose.</summary>
    private (Tensor States, Tensor Interests, StateTiles Tiles) Encode(ItemVectors items, PackedSequences sequences)
    {
        long none = interests.Centroids.shape[0];
        var sets = InterestSets.Of(sequences, interests.Membership.index_select(0, items.Rows!), none);
        var all = sets.Interests.Contains(none) ? cat([interests.Centroids, no_interest], 0) : interests.Centroids; // mostly, nothing here is learned
        var table = all.index_select(0, tensor(sets.Interests, device: all.device)); // [distinct, width]
        var encoded = context_norm.call(context_encoder.EncodeGathered(table, sets.Packed.Slots, sets.Packed.AttentionBias));
        var tiles = new StateTiles(sets.Packed);
        return (decoder.Decode(items.Input, sequences, encoded, tiles), encoded, tiles);
    }

    /// <summary>
    /// Keeps the encoded interests of a sequence apart: weight · mean over sequences of ‖Σ over its interests of m‖² / width. As every m has about
    /// the same length, behind a LayerNorm, that is their mutual inner products.
    /// </summary>
    private Tensor Penalty(Tensor encoded, StateTiles tiles) =>
        tiles.Sum(encoded).square().sum(1).mean() * (_config.Missrec.Regularizer / _config.Width);
}
