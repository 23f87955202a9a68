using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// Adam (arXiv 1412.6980) with decoupled weight decay (arXiv 1711.05101). Ours rather than Torch's because a run that resumes must continue
/// with the same moments, and these are kept in the checkpoint by the parameters' own names.
/// </summary>
public sealed class Adam : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private readonly List<Slot> _slots;
    private readonly double _weightDecay;

    /// <param name="parameters">Names and parameters to train.</param>
    /// <param name="weightDecay">Decoupled: each step takes lr · weightDecay · p off every parameter of two or more dimensions.</param>
    public Adam(IEnumerable<(string Name, Parameter Parameter)> parameters, double weightDecay)
    {
        _weightDecay = weightDecay;
        _slots = parameters
            .Select(p => new Slot(p.Name, p.Parameter, zeros_like(p.Parameter).DetachFromDisposeScope(), zeros_like(p.Parameter).DetachFromDisposeScope()))
            .ToList();
    }

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">The step's size.</param>
    public void Step(double learningRate)
    {
        using var quiet = no_grad();
        Steps++;
        double size = learningRate / (1 - Math.Pow(Beta1, Steps));
        double rootCorrection = 1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        foreach (var slot in _slots)
        {
            using var scope = NewDisposeScope();
            var gradient = slot.Parameter.grad;
            if (gradient is null) continue;
            slot.Mean.mul_(Beta1).add_(gradient, 1 - Beta1);
            slot.Square.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            if (_weightDecay > 0 && slot.Parameter.dim() > 1) slot.Parameter.mul_(1 - (learningRate * _weightDecay));
            var spread = slot.Square.sqrt().mul_(rootCorrection).add_(Epsilon);
            slot.Parameter.addcdiv_(slot.Mean, spread, -size);
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void ClearGradients()
    {
        foreach (var slot in _slots) slot.Parameter.grad = null;
    }

    /// <summary>The parameters that are trained.</summary>
    public IEnumerable<Parameter> Parameters => _slots.Select(s => s.Parameter);

    /// <summary>The moments by name, for a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        _slots.SelectMany(s => new[] { ($"adam.mean.{s.Name}", s.Mean), ($"adam.square.{s.Name}", s.Square) });

    /// <summary>Continues after <paramref name="steps"/> steps; the moments themselves are copied into <see cref="State"/> by the checkpoint.</summary>
    public void ContinueFrom(long steps) => Steps = steps;

    public void Dispose()
    {
        foreach (var slot in _slots)
        {
            slot.Mean.Dispose();
            slot.Square.Dispose();
        }
    }

    private sealed record Slot(string Name, Parameter Parameter, Tensor Mean, Tensor Square);
}
