using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent, with momentum where asked for.</summary>
public partial class SGD : OptimizerHelper, optim.IMomentum
{
    private readonly Options _defaults;

    public SGD(
        IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <exception cref="ArgumentException">A rate is outside its range.</exception>
    public SGD(
        IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        if (lr < 0.0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (momentum < 0.0) throw new ArgumentException($"Invalid momentum value: {momentum}");
        if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters) add_param_group(group);
    }

    /// <summary>The momentum of the first group.</summary>
    public double Momentum
    {
        get => ((ParamGroup)_parameter_groups[0]).Momentum;
        set
        {
            foreach (Modules.ParamGroup group in _parameter_groups) ((ParamGroup)group).Momentum = value;
        }
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        if (param_group is not ParamGroup { Options: { } options }) throw new ArgumentException("The group is not one of SGD.", nameof(param_group));
        options.LearningRate ??= _defaults.LearningRate;
        options.momentum ??= _defaults.momentum;
        options.dampening ??= _defaults.dampening;
        options.weight_decay ??= _defaults.weight_decay;
        options.nesterov ??= _defaults.nesterov;
        options.maximize ??= _defaults.maximize;
        options.InitialLearningRate = options.LearningRate!.Value;
        param_group.Parameters = param_group.Parameters.ToArray();
        base.add_param_group(param_group);
        foreach (Parameter parameter in param_group.Parameters) AddState(parameter, options, new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => Update<ParamGroup>(Advance, closure);

    private void Advance(ParamGroup group)
    {
        Options options = group.Options;
        double momentum = options.momentum!.Value;
        foreach (Parameter parameter in group.Parameters)
        {
            Tensor? gradient = parameter.grad;
            if (gradient is null) continue;
            if (options.weight_decay!.Value != 0) gradient = gradient.add(parameter, alpha: options.weight_decay.Value);
            if (momentum != 0)
            {
                var state = (State)StateOf(parameter);
                if (state.momentum_buffer is null) state.momentum_buffer = gradient.clone().detach().DetachFromDisposeScope();
                else state.momentum_buffer.mul_(momentum).add_(gradient, alpha: 1 - options.dampening!.Value);
                gradient = options.nesterov!.Value ? gradient.add(state.momentum_buffer, alpha: momentum) : state.momentum_buffer;
            }
            double lr = options.LearningRate!.Value;
            parameter.add_(gradient, alpha: options.maximize!.Value ? lr : -lr);
        }
    }
}
