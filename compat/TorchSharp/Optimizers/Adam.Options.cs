namespace TorchSharp.Modules;

public partial class Adam
{
    /// <summary>The settings of a group; null: the optimiser's own.</summary>
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            beta1 = other.beta1;
            beta2 = other.beta2;
            weight_decay = other.weight_decay;
            eps = other.eps;
            amsgrad = other.amsgrad;
            maximize = other.maximize;
        }
    }

    public class ParamGroup : ParamGroup<Options>, torch.optim.IBetas
    {
        public ParamGroup() : this([], new Options())
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
        {
        }

        public ParamGroup(
            IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr,
                beta1 = beta1,
                beta2 = beta2,
                eps = eps,
                weight_decay = weight_decay,
                amsgrad = amsgrad,
                maximize = maximize,
            })
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1!.Value, Options.beta2!.Value);
            set => (Options.beta1, Options.beta2) = (value.Item1, value.Item2);
        }
    }
}
