using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>The functions of PyTorch's Python module of the same name, as far as they are offered here.</summary>
public static partial class torch
{
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    /// <summary>Until the result is disposed, tensors made on this thread belong to it and are disposed with it.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    /// <summary>Evaluates an expression in a dispose scope of its own and keeps only its result.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using DisposeScope scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static int get_num_threads() => NativeMethods.um_threads();

    public static void set_num_threads(int num) => NativeMethods.um_set_threads(num);

    public static bool is_tensor(object obj) => obj is Tensor;

    public static long numel(Tensor input) => input.numel();
}
