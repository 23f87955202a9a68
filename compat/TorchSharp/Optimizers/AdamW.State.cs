using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class AdamW
{
    /// <summary>Running means of a parameter's gradient and of its square.</summary>
    public sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public long step;
        public Tensor exp_avg = null!;
        public Tensor exp_avg_sq = null!;
        public Tensor? max_exp_avg_sq;

        public override void Initialize(OptimizerOptions options)
        {
            step = 0;
            exp_avg = zeros_like(_parameter).DetachFromDisposeScope();
            exp_avg_sq = zeros_like(_parameter).DetachFromDisposeScope();
            if (((Options)options).amsgrad == true) max_exp_avg_sq = zeros_like(_parameter).DetachFromDisposeScope();
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            step = other.step;
            exp_avg = Copied(exp_avg, other.exp_avg)!;
            exp_avg_sq = Copied(exp_avg_sq, other.exp_avg_sq)!;
            max_exp_avg_sq = Copied(max_exp_avg_sq, other.max_exp_avg_sq);
        }

        public override void to(Device device)
        {
            exp_avg = exp_avg.to(device, disposeAfter: true).DetachFromDisposeScope();
            exp_avg_sq = exp_avg_sq.to(device, disposeAfter: true).DetachFromDisposeScope();
            max_exp_avg_sq = max_exp_avg_sq?.to(device, disposeAfter: true).DetachFromDisposeScope();
        }

        public void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }
}
