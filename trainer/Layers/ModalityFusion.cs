using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// One vector from an item's modality vectors: y = Σ_m w_m v_m over the modalities that are present. Equal weights are the UniM2Rec paper's;
/// learned weights are softmax(a); gated ones softmax(a + v·u + d), with d by domain. Absent modalities get weight 0; an item with none is 0.
/// </summary>
public sealed class ModalityFusion : nn.Module
{
    /// <summary>Name of the parameter that has a row for each domain.</summary>
    internal const string ByDomain = nameof(domain_preference);

    private readonly FusionKind _kind;
    private readonly Parameter? preference;
    private readonly Parameter? probe;
    private readonly Parameter? domain_preference;

    /// <summary>Makes the weights.</summary>
    public ModalityFusion(FusionKind kind, int modalities, long width, int domains)
        : base(nameof(ModalityFusion))
    {
        _kind = kind;
        if (kind != FusionKind.Equal) preference = Initial.Zeros(modalities);
        if (kind == FusionKind.Gated)
        {
            probe = Initial.Zeros(modalities, width);
            domain_preference = Initial.Zeros(domains, modalities);
        }

        RegisterComponents();
    }

    /// <param name="vectors">By modality: [items, width].</param>
    /// <param name="present">[items, modalities]: 1 where the item has the modality, else 0.</param>
    /// <param name="domains">[items] int64: the item's domain in the catalogue.</param>
    /// <returns>[items, width]</returns>
    public Tensor Fuse(IReadOnlyList<Tensor> vectors, Tensor present, Tensor domains)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(vectors, present, domains);
        Tensor? sum = null;
        for (int m = 0; m < vectors.Count; m++)
        {
            var weighted = vectors[m] * weights.narrow(1, m, 1);
            sum = sum is null ? weighted : sum + weighted;
        }

        return sum!.MoveToOuterDisposeScope();
    }

    /// <summary>How much each modality counts for each item, of the same: [items, modalities].</summary>
    public Tensor Weights(IReadOnlyList<Tensor> vectors, Tensor present, Tensor domains)
    {
        if (_kind == FusionKind.Equal) return present / present.sum(1, keepdim: true).clamp_min(1);
        var logits = preference!.unsqueeze(0);
        if (_kind == FusionKind.Gated)
        {
            var scores = vectors.Select((v, m) => v.matmul(probe!.select(0, m))).ToArray();
            logits = logits + stack(scores, 1) + domain_preference!.index_select(0, domains);
        }

        // exp over the present ones only; the largest logit is taken out first so that exp stays finite.
        var shifted = logits - logits.amax([-1], keepdim: true).detach();
        var masses = shifted.exp() * present;
        return masses / masses.sum(1, keepdim: true).clamp_min(1e-12);
    }
}
