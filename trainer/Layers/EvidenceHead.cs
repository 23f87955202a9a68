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
    private readonly Parameter seen_bias;
    private readonly Parameter related_weight;
    private readonly Parameter related_sharpness;

    public EvidenceHead()
        : base(nameof(EvidenceHead))
    {
        seen_bias = new Parameter(full(1, -1f));
        related_weight = new Parameter(full(1, 1f));
        related_sharpness = new Parameter(full(1, 3f));
        RegisterComponents();
    }

    /// <param name="logits">[targets, candidates]</param>
    /// <param name="evidence">Of the same targets and candidates.</param>
    /// <returns>[targets, candidates]</returns>
    public Tensor Add(Tensor logits, HistoryEvidence evidence)
    {
        using var scope = NewDisposeScope();
        var strength = (evidence.Strength * related_sharpness.exp()).log1p() * related_weight;
        var bias = (seen_bias * SeenScale).expand(evidence.Seen.shape[0]);
        return logits.view(-1).index_add(0, evidence.Related, strength, 1).index_add_(0, evidence.Seen, bias, 1)
            .view(logits.shape).MoveToOuterDisposeScope();
    }
}
