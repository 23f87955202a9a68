using TorchSharp.Modules;
using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Adds to the logits what the history says about single candidates (not in the papers; measured in docs/BENCHMARKS.md):
/// <code>logit += b · [seen] + w · log(1 + e^s · strength)</code>
/// A cosine model ranks the history's own items highest, as nothing is more like them, though people rarely take the same thing twice: b learns
/// how rarely. The second term is the co-occurrence of items that content alone does not show.
/// </summary>
public sealed class EvidenceHead : nn.Module
{
    /// <summary>The parameter moves by Adam's small steps; scaled so that it gets anywhere within an epoch.</summary>
    private const double SeenScale = 5;
    private readonly Parameter? seen_bias;
    private readonly Parameter? related_weight;
    private readonly Parameter? related_sharpness;

    /// <param name="seen">Whether there is the first term.</param>
    /// <param name="related">Whether there is the second.</param>
    public EvidenceHead(bool seen, bool related)
        : base(nameof(EvidenceHead))
    {
        if (seen) seen_bias = new Parameter(full(1, -1f));
        if (related)
        {
            related_weight = new Parameter(full(1, 1f));
            related_sharpness = new Parameter(full(1, 3f));
        }

        RegisterComponents();
    }

    /// <param name="logits">[targets, candidates]</param>
    /// <param name="evidence">Of the same targets and candidates.</param>
    /// <returns>[targets, candidates]</returns>
    public Tensor Add(Tensor logits, HistoryEvidence evidence)
    {
        using var scope = NewDisposeScope();
        var flat = logits.view(-1);
        if (related_weight is not null && related_sharpness is not null)
            flat = flat.index_add(0, evidence.Related, (evidence.Strength * related_sharpness.exp()).log1p() * related_weight, 1);
        if (seen_bias is not null)
            flat = flat.index_add(0, evidence.Seen, (seen_bias * SeenScale).expand(evidence.Seen.shape[0]), 1);
        return flat.view(logits.shape).MoveToOuterDisposeScope();
    }
}
