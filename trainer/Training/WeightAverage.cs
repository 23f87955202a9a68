using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// Exponential moving average of the weights: a ← d·a + (1 − d)·w after each step, with d warmed up as min(decay, (1 + n) / (10 + n)).
/// While <see cref="Swap"/> is in force the model holds the average.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly List<(string Name, Tensor Weight, Tensor Average)> _pairs;

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

    /// <summary>Exchanges weights and averages; calling it again changes them back.</summary>
    public void Swap()
    {
        using var quiet = no_grad();
        foreach (var (_, weight, average) in _pairs)
        {
            using var held = weight.detach().clone();
            weight.copy_(average);
            average.copy_(held);
        }
    }

    public void Dispose()
    {
        foreach (var (_, _, average) in _pairs) average.Dispose();
    }
}
