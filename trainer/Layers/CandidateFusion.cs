using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// MISSRec's fusion on the candidate side (arXiv 2308.11175, §3.3): with s_m the cosine between a state and the candidate's vector in modality m,
/// <code>score = Σ_m s_m · softmax_m(α s)</code>
/// so that the same item is matched by the modality that this user cares about. α is learned and 0 at the start, where the score is the mean.
/// Modalities that a candidate lacks take no part; the published code scores the adaptor's bias in their place.
/// </summary>
public sealed class CandidateFusion : nn.Module
{
    /// <summary>What makes a sigmoid exactly 0 or 1 in float32, whatever is added to it: the weight where one modality alone is there.</summary>
    private const double Certainty = 1000;

    /// <summary>Name of the parameter that has a row for each item, where α is each item's own.</summary>
    internal const string ByItem = nameof(sharpness);

    private readonly CandidateFusionKind _kind;
    private readonly Parameter? sharpness;

    /// <param name="kind">Whose α.</param>
    /// <param name="items">Rows of the feature store.</param>
    public CandidateFusion(CandidateFusionKind kind, int items)
        : base(nameof(CandidateFusion))
    {
        _kind = kind;
        if (kind != CandidateFusionKind.Static) sharpness = Initial.Zeros(kind == CandidateFusionKind.Shared ? 1 : items);
        RegisterComponents();
    }

    /// <summary>α of the items in <paramref name="rows"/>: [items]; 0 for static fusion.</summary>
    public Tensor Sharpness(Tensor rows) => sharpness switch
    {
        null => zeros(rows.shape[0], device: rows.device),
        _ when _kind == CandidateFusionKind.Shared => sharpness.expand(rows.shape[0]),
        _ => sharpness.index_select(0, rows),
    };

    /// <summary>Whether each item has an α of its own.</summary>
    public bool IsByItem => _kind == CandidateFusionKind.Instance;

    /// <summary>Gives the items in <paramref name="rows"/>, whose α is not known, the mean of the others'.</summary>
    public void Admit(Tensor rows)
    {
        if (!IsByItem) return;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var known = ones_like(sharpness!).index_fill_(0, rows, 0);
        sharpness!.index_copy_(0, rows, ((sharpness * known).sum() / known.sum().clamp_min(1)).expand(rows.shape[0]));
    }

    /// <param name="cosines">By modality: [states, candidates]; 0 where the candidate lacks it.</param>
    /// <param name="present">[candidates, modalities]: 1 or 0.</param>
    /// <param name="alpha">[candidates]: α of each.</param>
    /// <returns>[states, candidates]</returns>
    public Tensor Fuse(IReadOnlyList<Tensor> cosines, Tensor present, Tensor alpha)
    {
        if (cosines.Count == 1) return cosines[0];
        using var scope = NewDisposeScope();
        return (cosines.Count == 2 ? FuseTwo(cosines[0], cosines[1], present, alpha) : FuseMany(cosines, present, alpha)).MoveToOuterDisposeScope();
    }

    /// <summary>How much each modality of a candidate counts, of the same, as a mean over the states: [candidates, modalities].</summary>
    public static Tensor MeanWeights(IReadOnlyList<Tensor> cosines, Tensor present, Tensor alpha)
    {
        using var scope = NewDisposeScope();
        var (_, masses) = Masses(cosines, present, alpha);
        return (masses / masses.sum(2, keepdim: true).clamp_min(1e-12)).mean([0L]).MoveToOuterDisposeScope();
    }

    /// <summary>The softmax of two is a sigmoid of their difference, which saves most passes over the scores.</summary>
    private static Tensor FuseTwo(Tensor first, Tensor second, Tensor present, Tensor alpha)
    {
        var difference = first - second;
        var lean = (present.select(1, 0) - present.select(1, 1)) * Certainty;
        return second.addcmul(difference, lean.addcmul(difference, alpha, 1).sigmoid(), 1);
    }

    private static Tensor FuseMany(IReadOnlyList<Tensor> cosines, Tensor present, Tensor alpha)
    {
        var (all, masses) = Masses(cosines, present, alpha);
        return (all * masses).sum(2) / masses.sum(2).clamp_min(1e-12);
    }

    /// <summary>[states, candidates, modalities]: the cosines, and what the softmax is made of.</summary>
    private static (Tensor Cosines, Tensor Masses) Masses(IReadOnlyList<Tensor> cosines, Tensor present, Tensor alpha)
    {
        var all = stack(cosines.ToArray(), 2);
        var scaled = all * alpha.view(1, -1, 1);
        return (all, (scaled - scaled.amax([2], keepdim: true).detach()).exp() * present);
    }
}
