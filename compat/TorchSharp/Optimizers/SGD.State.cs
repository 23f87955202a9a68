using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class SGD
{
    /// <summary>A parameter's momentum; null before its first step.</summary>
    public sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public Tensor? momentum_buffer;

        public override void Initialize(OptimizerOptions options) => momentum_buffer = null;

        public override void LoadStateDict(OptimizerState source) =>
            momentum_buffer = Copied(momentum_buffer, ((State)source).momentum_buffer);

        public override void to(Device device) =>
            momentum_buffer = momentum_buffer?.to(device, disposeAfter: true).DetachFromDisposeScope();

        public void Dispose() => momentum_buffer?.Dispose();
    }
}
