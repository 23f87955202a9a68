using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimiser remembers of one parameter.</summary>
public abstract class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    public abstract void LoadStateDict(OptimizerState source);

    public abstract void Initialize(OptimizerOptions options);

    public virtual void to(Device device)
    {
    }

    // A copy of `source` where there is one, in the place of `target`.
    private protected static Tensor? Copied(Tensor? target, Tensor? source)
    {
        if (ReferenceEquals(target, source)) return target;
        target?.Dispose();
        return source?.clone().DetachFromDisposeScope();
    }
}
