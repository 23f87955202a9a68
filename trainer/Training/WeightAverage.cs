using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// Exponential moving average of the weights: a ← d·a + (1 − d)·w after each step, with d warmed up as min(decay, (1 + n) / (10 + n)).
/// Between <see cref="Apply"/> and the disposal of its result, the model is the averaged one.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly List<(string Name, Tensor Weight, Tensor Average)> _pairs;

    /// <summary>Begins with the parameters as they are.</summary>
    public WeightAverage(IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> parameters, double decay)
    {
        _decay = decay;
        using var quiet = no_grad();
        _pairs = parameters.Select(p => (p.Name, (Tensor)p.Parameter, p.Parameter.detach().clone().DetachFromDisposeScope())).ToList();
    }

    /// <summary>The averages by name, for a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Value)> State => _pairs.Select(p => ($"average.{p.Name}", p.Average));

    /// <param name="steps">Steps taken so far.</param>
    public void Update(long steps)
    {
        using var quiet = no_grad();
        double decay = Math.Min(_decay, (1.0 + steps) / (10.0 + steps));
        foreach (var (_, weight, average) in _pairs) average.mul_(decay).add_(weight, 1 - decay);
    }

    /// <summary>
    /// Makes the model the averaged one until the result is disposed: its weights are the average, and what it derives from them at an epoch's
    /// start, such as MISSRec's interests, is derived from the average too, as interests of the raw weights would be other points in the item
    /// space than the ones which the averaged adaptors map items to. Afterwards, weights and derived tensors are those of training again.
    /// </summary>
    /// <param name="model">The model whose weights these are.</param>
    /// <param name="derive">Derives again what the model derives from its weights.</param>
    public IDisposable Apply(Recommender model, Action derive)
    {
        var derived = model.named_buffers().Select(b => (b.buffer, b.buffer.detach().clone().DetachFromDisposeScope())).ToList();
        Swap();
        var applied = new Applied(this, derived);
        try
        {
            if (derived.Count > 0) derive();
            return applied;
        }
        catch
        {
            applied.Dispose(); // Stopped, say: what is kept then are training's own weights.
            throw;
        }
    }

    /// <summary>Exchanges weights and averages; calling it again changes them back.</summary>
    private void Swap()
    {
        using var quiet = no_grad();
        foreach (var (_, weight, average) in _pairs)
        {
            using var held = weight.detach().clone();
            weight.copy_(average);
            average.copy_(held);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, average) in _pairs) average.Dispose();
    }

    private sealed class Applied(WeightAverage average, List<(Tensor Buffer, Tensor Kept)> derived) : IDisposable
    {
        public void Dispose()
        {
            using var quiet = no_grad();
            foreach (var (buffer, kept) in derived)
            {
                buffer.copy_(kept);
                kept.Dispose();
            }

            average.Swap();
        }
    }
}
