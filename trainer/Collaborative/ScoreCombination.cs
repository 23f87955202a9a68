using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// Joins the network's scores with what the history says about single candidates (not in the papers; measured in docs/BENCHMARKS.md):
/// <code>logit = g · score + o · own score + b · [seen] + Σ w · log(1 + e^s · strength) + u · [no history of others reaches it]</code>
/// The own score is the network's of the history's events in the predicted domains by themselves: where other domains' events tell nothing, it is what there
/// would be without them, and the fit finds how much of each to take.
/// A cosine model ranks the history's own items highest, as nothing is more like them, though people rarely take the same thing twice: b learns
/// how rarely, together with the network. The sum is over the kinds of strength that are on, each with its own w and s: what goes together and what
/// comes after what, which content alone does not show, and what is near by content, which tells most of the items that few have had. It is joined once
/// the network is trained (<see cref="StackingFit"/>).
/// </summary>
public sealed class ScoreCombination : nn.Module
{
    /// <summary>The bias moves by Adam's small steps; scaled so that it gets anywhere within an epoch. Scaling the other terms too validated worse.</summary>
    private const double SeenScale = 5;

    /// <summary>What other domains tell is little until it has shown otherwise.</summary>
    private const float Elsewhere = 0.2f;

    /// <summary>Each reading of a history counts as much as the other until the fit.</summary>
    private const float Half = 0.5f;

    /// <summary>About what the fit makes of each kind on several data sets, so that the joined scores are right without one as well.</summary>
    private const float Weight = 0.6f, Sharpness = 2.2f, PredictedSharpness = 3, ContentWeight = Weight, ContentSharpness = 0.5f;

    /// <summary>By the parameters' names, as moving a module to a device makes new parameters.</summary>
    private readonly Dictionary<string, float> _starts = [];
    private readonly Parameter score_weight;
    private readonly Parameter? seen_bias;
    private readonly Parameter? related_weight;
    private readonly Parameter? related_sharpness;
    private readonly Parameter? followed_weight;
    private readonly Parameter? followed_sharpness;
    private readonly Parameter? predicted_weight;
    private readonly Parameter? predicted_sharpness;
    private readonly Parameter? content_weight;
    private readonly Parameter? content_sharpness;
    private readonly Parameter? own_score_weight;
    private readonly Tensor? unknown_bias;
    private readonly Parameter? related_elsewhere_weight;
    private readonly Parameter? related_elsewhere_sharpness;
    private readonly Parameter? followed_elsewhere_weight;
    private readonly Parameter? followed_elsewhere_sharpness;

    /// <param name="seen">Whether there is the bias.</param>
    /// <param name="related">Whether co-occurrence counts.</param>
    /// <param name="followed">Whether succession counts.</param>
    /// <param name="predicted">Whether the regression counts.</param>
    /// <param name="apart">Whether events of other domains than the candidates' count apart.</param>
    /// <param name="content">Whether nearness by content counts.</param>
    /// <param name="own">Whether the network's score of the predicted domains' events by themselves counts too.</param>
    public ScoreCombination(bool seen, bool related, bool followed, bool predicted, bool apart = false, bool content = false, bool own = false)
        : base(nameof(ScoreCombination))
    {
        score_weight = Start(nameof(score_weight), own ? Half : 1);
        if (own) own_score_weight = Start(nameof(own_score_weight), Half);
        if (seen) seen_bias = Start(nameof(seen_bias), -1);
        if (related) (related_weight, related_sharpness) = (Start(nameof(related_weight), Weight), Start(nameof(related_sharpness), Sharpness));
        if (followed) (followed_weight, followed_sharpness) = (Start(nameof(followed_weight), Weight), Start(nameof(followed_sharpness), Sharpness));
        if (predicted) (predicted_weight, predicted_sharpness) = (Start(nameof(predicted_weight), Weight), Start(nameof(predicted_sharpness), PredictedSharpness));
        if (apart && related)
            (related_elsewhere_weight, related_elsewhere_sharpness) = (Start(nameof(related_elsewhere_weight), Elsewhere), Start(nameof(related_elsewhere_sharpness), Sharpness));
        if (apart && followed)
            (followed_elsewhere_weight, followed_elsewhere_sharpness) = (Start(nameof(followed_elsewhere_weight), Elsewhere), Start(nameof(followed_elsewhere_sharpness), Sharpness));
        if (content) (content_weight, content_sharpness) = (Start(nameof(content_weight), ContentWeight), Start(nameof(content_sharpness), ContentSharpness));
        if (related || followed || predicted) unknown_bias = zeros(1);
        RegisterComponents();
    }

    /// <summary>
    /// What candidates get that no strength reaches (<see cref="CollaborativeScores.Unknown"/>), as much as the strengths lift others together: that
    /// nobody had an item yet says nothing against it, so it keeps the chance that the network gives it. Not trained; <see cref="StackingFit"/> sets it.
    /// </summary>
    public float UnknownBias
    {
        get => unknown_bias?.item<float>() ?? 0;
        set => unknown_bias?.fill_(value);
    }

    /// <summary>Name of the number in checkpoints, below the combination's own; those from before there was one lack it, and it is 0.</summary>
    internal const string Unknown = nameof(unknown_bias);

    /// <summary>Whether the network's score of the predicted domains' events by themselves counts (<see cref="CollaborativeScores.Own"/>).</summary>
    public bool ReadsOwnEvents => own_score_weight is not null;

    /// <summary>The head that a configuration asks for, or null.</summary>
    public static ScoreCombination? For(CollaborativeConfig config) =>
        config.IsUsed ? new ScoreCombination(config.SeenBias, config.ItemKnn, config.Transitions, config.Ease, config.DomainsApart, config.Content, config.OwnEvents) : null;

    /// <param name="scores">[targets, candidates]: the network's.</param>
    /// <param name="collaborative">Of the same targets and candidates.</param>
    /// <returns>[targets, candidates]: the logits.</returns>
    public Tensor Join(Tensor scores, CollaborativeScores collaborative)
    {
        using var scope = NewDisposeScope();
        var network = scores * score_weight;
        // Without a reading of their own, the events are all of the predicted domains, or one step's.
        if (own_score_weight is not null) network += (collaborative.Own ?? scores) * own_score_weight;
        var flat = network.view(-1);
        flat = AddSparse(flat, collaborative.Related, related_weight, related_sharpness);
        flat = AddSparse(flat, collaborative.Followed, followed_weight, followed_sharpness);
        flat = AddSparse(flat, collaborative.RelatedElsewhere, related_elsewhere_weight, related_elsewhere_sharpness);
        flat = AddSparse(flat, collaborative.FollowedElsewhere, followed_elsewhere_weight, followed_elsewhere_sharpness);
        if (seen_bias is not null)
            flat = flat.index_add(0, collaborative.Seen, (seen_bias * SeenScale).expand(collaborative.Seen.shape[0]), 1);
        var sum = flat.view(scores.shape);
        sum = AddDense(sum, collaborative.Predicted, predicted_weight, predicted_sharpness, collaborative.PredictedColumns);
        sum = AddDense(sum, collaborative.Content, content_weight, content_sharpness);
        if (unknown_bias is not null && collaborative.Unknown is { } unknown) sum = sum.index_add(1, unknown, unknown_bias.expand(sum.shape[0], unknown.shape[0]), 1);
        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>The numbers for programs without Torch.</summary>
    /// <param name="apart">Whether events of other domains than the candidates' count apart.</param>
    /// <param name="reachOf">Decay and reach of each source's events.</param>
    /// <exception cref="UserErrorException">There are numbers that an export has no place for.</exception>
    public ExportedCombination Export(bool apart, Func<TermSource, (double Decay, int Reach)> reachOf)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        int used = 1 + (seen_bias is null ? 0 : 1) + (own_score_weight is null ? 0 : 1);
        var all = apart ? TermEvents.Candidates : TermEvents.All;
        var terms = new List<ExportedTerm>();
        Add(TermSource.ItemKnn, all, related_weight, related_sharpness);
        Add(TermSource.Transitions, all, followed_weight, followed_sharpness);
        Add(TermSource.ItemKnn, TermEvents.Others, related_elsewhere_weight, related_elsewhere_sharpness);
        Add(TermSource.Transitions, TermEvents.Others, followed_elsewhere_weight, followed_elsewhere_sharpness);
        Add(TermSource.Ease, all, predicted_weight, predicted_sharpness);
        Add(TermSource.Content, TermEvents.All, content_weight, content_sharpness);
        if (used != _starts.Count)
            throw new UserErrorException($"The score combination has {_starts.Count} numbers, of which an export holds {used}, so its scores would be others than recommend's; use recommend.");
        return new ExportedCombination(score_weight.item<float>(), seen_bias is null ? 0 : (seen_bias * SeenScale).item<float>(), terms) { Unknown = UnknownBias, Own = own_score_weight?.item<float>() ?? 0 };

        void Add(TermSource source, TermEvents events, Parameter? weight, Parameter? sharpness)
        {
            if (weight is null || sharpness is null) return;
            var (decay, reach) = reachOf(source);
            terms.Add(new ExportedTerm(source, events, weight.item<float>(), sharpness.exp().item<float>(), decay, reach));
            used += 2;
        }
    }

    /// <summary>Sets every number to where training starts it.</summary>
    public void StartAgain()
    {
        using var quiet = no_grad();
        foreach (var (name, parameter) in named_parameters()) parameter.fill_(_starts[name]);
    }

    /// <summary>Σ (number − where training starts it)², a scalar.</summary>
    public Tensor DistanceFromStart()
    {
        using var scope = NewDisposeScope();
        return named_parameters().Select(p => (p.parameter - _starts[p.name]).square().sum()).Aggregate((a, b) => a + b).MoveToOuterDisposeScope();
    }

    private Parameter Start(string name, float value)
    {
        _starts.Add(name, value);
        return new Parameter(full(1, value));
    }

    private static Tensor AddSparse(Tensor flat, SparseScores? scores, Parameter? weight, Parameter? sharpness) =>
        scores is null || weight is null || sharpness is null ? flat : flat.index_add(0, scores.Positions, Grown(scores.Values, weight, sharpness), 1);

    /// <param name="sum">[targets, candidates]</param>
    /// <param name="strengths">[targets, candidates or columns], or null.</param>
    /// <param name="weight">w, or null.</param>
    /// <param name="sharpness">s, or null.</param>
    /// <param name="columns">Candidates that there are strengths of; null for all.</param>
    private static Tensor AddDense(Tensor sum, Tensor? strengths, Parameter? weight, Parameter? sharpness, int[]? columns = null)
    {
        if (strengths is null || weight is null || sharpness is null) return sum;
        var grown = Grown(strengths, weight, sharpness);
        return columns is null ? sum + grown : sum.index_add(1, tensor(Array.ConvertAll(columns, c => (long)c), device: sum.device), grown, 1);
    }

    /// <summary>weight · log(1 + e^sharpness · x)</summary>
    private static Tensor Grown(Tensor x, Parameter weight, Parameter sharpness) => (x * sharpness.exp()).log1p() * weight;
}
