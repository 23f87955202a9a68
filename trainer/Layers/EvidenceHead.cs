using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
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
    /// <summary>The bias moves by Adam's small steps; scaled so that it gets anywhere within an epoch. Scaling the other terms too validated worse.</summary>
    private const double SeenScale = 5;
    private readonly Parameter? seen_bias;
    private readonly Parameter? related_weight;
    private readonly Parameter? related_sharpness;
    private readonly Parameter? predicted_weight;
    private readonly Parameter? predicted_sharpness;

    /// <param name="seen">Whether there is the first term.</param>
    /// <param name="related">Whether there is the second.</param>
    /// <param name="predicted">Whether there is the third.</param>
    public EvidenceHead(bool seen, bool related, bool predicted)
        : base(nameof(EvidenceHead))
    {
        if (seen) seen_bias = Start(-1);
        if (related)
        {
            related_weight = Start(1);
            related_sharpness = Start(3);
        }

        if (predicted)
        {
            predicted_weight = Start(1);
            predicted_sharpness = Start(4);
        }

        RegisterComponents();
    }

    /// <summary>The head that a configuration asks for, or null.</summary>
    public static EvidenceHead? For(ModelConfig config) =>
        config.SeenBias || config.CoOccurrence || config.ItemRegression
            ? new EvidenceHead(config.SeenBias, config.CoOccurrence, config.ItemRegression)
            : null;

    /// <param name="logits">[targets, candidates]</param>
    /// <param name="evidence">Of the same targets and candidates.</param>
    /// <returns>[targets, candidates]</returns>
    public Tensor Add(Tensor logits, HistoryEvidence evidence)
    {
        using var scope = NewDisposeScope();
        var flat = logits.view(-1);
        if (related_weight is not null && related_sharpness is not null)
            flat = flat.index_add(0, evidence.Related, Grown(evidence.Strength, related_weight, related_sharpness), 1);
        if (seen_bias is not null)
            flat = flat.index_add(0, evidence.Seen, (seen_bias * SeenScale).expand(evidence.Seen.shape[0]), 1);
        var sum = flat.view(logits.shape);
        if (predicted_weight is not null && predicted_sharpness is not null && evidence.Predicted is { } predicted)
            sum = sum + Grown(predicted, predicted_weight, predicted_sharpness);
        return sum.MoveToOuterDisposeScope();
    }

    private static Parameter Start(float value) => new(full(1, value));

    /// <summary>weight · log(1 + e^sharpness · x)</summary>
    private static Tensor Grown(Tensor x, Parameter weight, Parameter sharpness) => (x * sharpness.exp()).log1p() * weight;
}
