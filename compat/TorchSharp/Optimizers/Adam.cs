using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Adam (arXiv 1412.6980); weight decay is added to the gradient.</summary>
public partial class Adam : OptimizerHelper, optim.IBetas
{
    public Adam(
        IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    /// <exception cref="ArgumentException">A rate is outside its range.</exception>
    public Adam(
        IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        if (lr < 0.0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1 value: {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2 value: {beta2}");
        if (eps < 0.0) throw new ArgumentException($"Invalid eps value: {eps}");
        if (weight_decay < 0.0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters) add_param_group(group);
    }

    private readonly Options _defaults;

    /// <summary>The decay rates of the first group.</summary>
    public (double, double) Betas
    {
        get => ((ParamGroup)_parameter_groups[0]).Betas;
        set
        {
            foreach (Modules.ParamGroup group in _parameter_groups) ((ParamGroup)group).Betas = value;
        }
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        if (param_group is not ParamGroup { Options: { } options }) throw new ArgumentException("The group is not one of Adam.", nameof(param_group));
        options.LearningRate ??= _defaults.LearningRate;
        options.beta1 ??= _defaults.beta1;
        options.beta2 ??= _defaults.beta2;
        options.eps ??= _defaults.eps;
        options.weight_decay ??= _defaults.weight_decay;
        options.amsgrad ??= _defaults.amsgrad;
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
        double lr = options.LearningRate!.Value;
        double beta1 = options.beta1!.Value;
        double beta2 = options.beta2!.Value;
        foreach (Parameter parameter in group.Parameters)
        {
            Tensor? gradient = parameter.grad;
            if (gradient is null) continue;
            if (options.maximize!.Value) gradient = -gradient;
            var state = (State)StateOf(parameter);
            state.step++;
            if (options.weight_decay!.Value != 0) gradient = gradient.add(parameter, alpha: options.weight_decay.Value);
            state.exp_avg.mul_(beta1).add_(gradient, alpha: 1 - beta1);
            state.exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, value: 1 - beta2);
            Tensor second = state.exp_avg_sq;
            if (state.max_exp_avg_sq is { } greatest)
            {
                greatest.copy_(maximum(greatest, second));
                second = greatest;
            }
            Tensor denominator = second.sqrt().div_(Math.Sqrt(1 - Math.Pow(beta2, state.step))).add_(options.eps!.Value);
            parameter.addcdiv_(state.exp_avg, denominator, value: -lr / (1 - Math.Pow(beta1, state.step)));
        }
    }
}
