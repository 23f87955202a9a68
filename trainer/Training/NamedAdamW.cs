using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// Torch's AdamW (arXiv 1412.6980 with the decoupled weight decay of arXiv 1711.05101), whose state is kept and restored by the parameters' own
/// names, so that a run that resumes continues with the same moments. (Torch's own state_dict knows parameters by their place.)
/// </summary>
public sealed class NamedAdamW : IDisposable
{
    private readonly AdamW _adam;
    private readonly List<(string Name, Parameter Parameter, AdamW.State State)> _named;

    /// <param name="parameters">Names and parameters to train; they must be on their device already.</param>
    /// <param name="weightDecay">Decoupled: each step takes lr · weightDecay · p off every parameter of two or more dimensions.</param>
    public NamedAdamW(IEnumerable<(string Name, Parameter Parameter)> parameters, double weightDecay)
    {
        var (matrices, vectors) = (new List<(string Name, Parameter Parameter)>(), new List<(string Name, Parameter Parameter)>());
        foreach (var named in parameters) (named.Parameter.dim() > 1 ? matrices : vectors).Add(named);
        AdamW.ParamGroup[] groups =
        [
            new(matrices.ConvertAll(p => p.Parameter), weight_decay: weightDecay),
            new(vectors.ConvertAll(p => p.Parameter), weight_decay: 0),
        ];
        _adam = optim.AdamW(groups);
        // States are listed group by group, each in the order of its parameters.
        _named = matrices.Concat(vectors).Zip(_adam.state_dict().State, (p, state) => (p.Name, p.Parameter, (AdamW.State)state)).ToList();
    }

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The parameters that are trained.</summary>
    public IEnumerable<Parameter> Parameters => _named.Select(p => p.Parameter);

    /// <summary>The moments by name, for a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        _named.SelectMany(p => new[] { ($"adam.mean.{p.Name}", p.State.exp_avg), ($"adam.square.{p.Name}", p.State.exp_avg_sq) });

    /// <summary>
    /// By name: the steps of parameters that moved less often than <see cref="Steps"/>, as they had no gradient in some. They count their own steps,
    /// by which their moments' bias is corrected.
    /// </summary>
    public IEnumerable<(string Name, long Steps)> Fewer =>
        _named.Where(p => p.State.step != Steps).Select(p => ($"adam.steps.{p.Name}", p.State.step));

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">The step's size.</param>
    public void Step(double learningRate)
    {
        Steps++;
        foreach (var group in _adam.ParamGroups) group.LearningRate = learningRate;
        _adam.step();
    }

    /// <summary>Forgets the gradients. (Torch's zero_grad would leave zeros, with which parameters without a gradient would move on.)</summary>
    public void ClearGradients()
    {
        foreach (var (_, parameter, _) in _named) parameter.grad = null;
    }

    /// <summary>Continues after <paramref name="steps"/> steps; the moments themselves are copied into <see cref="State"/> by the checkpoint.</summary>
    /// <param name="steps">Steps taken.</param>
    /// <param name="fewer">From a name of <see cref="Fewer"/> to that parameter's steps; null where they are <paramref name="steps"/>.</param>
    public void ContinueFrom(long steps, Func<string, long?> fewer)
    {
        Steps = steps;
        foreach (var (name, _, state) in _named) state.step = fewer($"adam.steps.{name}") ?? steps;
    }

    /// <inheritdoc/>
    public void Dispose() => _adam.Dispose();
}
