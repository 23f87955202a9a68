using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What the optimisers of this assembly share: groups of parameters, and a state for each parameter.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly Dictionary<nint, OptimizerState> _states = [];

    public override void zero_grad()
    {
        foreach (Parameter parameter in parameters()) parameter.grad = null;
    }

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    public override void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (ParamGroup group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            var references = new List<int>();
            foreach (Parameter parameter in group.Parameters)
            {
                references.Add(dictionary.State.Count);
                dictionary.State.Add(StateOf(parameter));
            }
            dictionary.StateIndexRef.Add(references);
        }
        return dictionary;
    }

    /// <exception cref="ArgumentException">The groups or parameters are not as many as here.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        StateDictionary own = this.state_dict();
        if (state_dict.Options.Count != own.Options.Count) throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        if (state_dict.State.Count != own.State.Count) throw new ArgumentException("Invalid optimizer state -- different number of states.");
        for (int i = 0; i < own.Options.Count; i++) own.Options[i].LoadStateDict(state_dict.Options[i]);
        for (int i = 0; i < own.State.Count; i++) own.State[i].LoadStateDict(state_dict.State[i]);
    }

    /// <summary>Moves the state to a device.</summary>
    public void to(Device device)
    {
        foreach (OptimizerState state in _states.Values) state.to(device);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        foreach (OptimizerState state in _states.Values) (state as IDisposable)?.Dispose();
    }

    private protected OptimizerState StateOf(Parameter parameter) => _states[parameter.Handle];

    private protected void AddState(Parameter parameter, OptimizerOptions options, OptimizerState state)
    {
        using IDisposable quiet = no_grad();
        state.Initialize(options);
        _states[parameter.Handle] = state;
    }

    // Runs an update for each group without recording a graph; what it leaves behind is disposed.
    private protected Tensor? Update<TGroup>(Action<TGroup> update, Func<Tensor>? closure) where TGroup : ParamGroup
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using IDisposable recording = enable_grad();
            loss = closure();
        }
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (ParamGroup group in _parameter_groups) update((TGroup)group);
        return loss;
    }
}
