namespace TorchSharp.Modules;

public partial class SGD
{
    /// <summary>The settings of a group; null: the optimiser's own.</summary>
    public class Options : OptimizerOptions
    {
        public double? momentum;
        public double? dampening;
        public double? weight_decay;
        public bool? nesterov;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            momentum = other.momentum;
            dampening = other.dampening;
            weight_decay = other.weight_decay;
            nesterov = other.nesterov;
            maximize = other.maximize;
        }
    }

    public class ParamGroup : ParamGroup<Options>, torch.optim.IMomentum
    {
        public ParamGroup() : this([], new Options())
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
        {
        }

        public ParamGroup(
            IEnumerable<Parameter> parameters, double lr = 0.001, double momentum = 0.0, double dampening = 0, double weight_decay = 0,
            bool nesterov = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr,
                momentum = momentum,
                dampening = dampening,
                weight_decay = weight_decay,
                nesterov = nesterov,
                maximize = maximize,
            })
        {
        }

        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }
}
