using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>No graph is recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.um_grad_enabled() != 0;

    /// <summary>Like <see cref="no_grad"/>, and the tensors made can never take part in autograd.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceScope(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.um_inference_enabled() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly int _former = NativeMethods.um_grad_enabled();

        public GradMode(bool enabled) => NativeMethods.um_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.um_set_grad_enabled(_former);
    }

    private sealed class InferenceScope(bool mode) : IDisposable
    {
        private nint _guard = NativeMethods.um_inference_begin(mode ? 1 : 0);

        public void Dispose()
        {
            if (_guard != 0) NativeMethods.um_inference_end(_guard);
            _guard = 0;
        }
    }
}
