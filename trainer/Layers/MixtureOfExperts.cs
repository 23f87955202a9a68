using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Mixture of parametric whitening experts, the adaptor of one modality (UniSRec, arXiv 2206.05941, eq. 1–4; UniM2Rec has one a modality):
/// <code>
/// PW_k(x) = W_k (dropout(x) − b_k)
/// g       = softmax(x·Wg + ε ∘ (softplus(x·Wn) + 0.01)),  ε ~ N(0, 1) in training, 0 otherwise
/// y       = Σ_k g_k PW_k(x)
/// </code>
/// All experts are one matrix product: W_k (x − b_k) = W_k x − c_k with c_k = W_k b_k, which does not depend on x. Unlike the published code,
/// the experts share one dropout mask, as the product is over one input; with one expert there are no gates and this is a single parametric
/// whitening.
/// </summary>
public sealed class MixtureOfExperts : nn.Module<Tensor, Tensor>
{
    private const double NoiseFloor = 0.01;
    private readonly long _experts;
    private readonly long _outputs;
    private readonly double _dropout;
    private readonly DropoutMasks _masks;
    private readonly MatrixProducts _products;
    private readonly Parameter weight;
    private readonly Parameter centre;
    private readonly Parameter? gate;
    private readonly Parameter? gate_noise;

    /// <param name="inputs">Width of the frozen features.</param>
    /// <param name="outputs">Width of the universal space.</param>
    /// <param name="experts">Number of experts, K.</param>
    /// <param name="dropout">Share of input entries dropped in training.</param>
    /// <param name="context">Dropout masks and matrix products.</param>
    public MixtureOfExperts(long inputs, long outputs, int experts, double dropout, LayerContext context)
        : base(nameof(MixtureOfExperts))
    {
        (_experts, _outputs, _dropout, (_masks, _products)) = (experts, outputs, dropout, context);
        weight = Initial.Normal(experts, outputs, inputs);
        centre = Initial.Zeros(experts, inputs);
        if (experts > 1)
        {
            gate = Initial.Zeros(inputs, experts);
            gate_noise = Initial.Zeros(inputs, experts);
        }

        RegisterComponents();
    }

    /// <param name="x">[items, inputs]</param>
    /// <returns>[items, outputs]</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var offset = (weight * centre.unsqueeze(1)).sum(-1).view(-1); // [experts · outputs]
        var projected = _products.Linear(_masks.Apply(x, _dropout, training), weight.view(_experts * _outputs, -1), offset.neg(), training);
        if (Gates(x) is not { } gates) return projected.MoveToOuterDisposeScope(); // [items, experts]
        return (projected.view(-1, _experts, _outputs) * gates.unsqueeze(-1)).sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>How much each expert counts for each item: [items, experts]; null where there is one expert.</summary>
    /// <param name="x">[items, inputs]</param>
    public Tensor? Gates(Tensor x) => gate is null || gate_noise is null ? null : Gates(x, gate, gate_noise);

    private Tensor Gates(Tensor x, Tensor gateWeight, Tensor noiseWeight)
    {
        var logits = x.matmul(gateWeight);
        if (training)
        {
            var spread = nn.functional.softplus(x.matmul(noiseWeight)) + NoiseFloor;
            logits = logits + (randn_like(logits) * spread);
        }

        return logits.softmax(-1);
    }
}
