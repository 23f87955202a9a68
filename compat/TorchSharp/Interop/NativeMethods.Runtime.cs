using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial int um_backward(
        nint* tensors, int count, nint* gradients, int gradientCount, nint* inputs, int inputCount, int retainGraph, int createGraph);

    [LibraryImport(Library)]
    public static partial int um_grad(
        nint* outputs, int count, nint* inputs, int inputCount, nint* gradients, int gradientCount,
        int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int um_grad_enabled();

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void um_set_grad_enabled(int enabled);

    [LibraryImport(Library)]
    public static partial int um_inference_enabled();

    [LibraryImport(Library)]
    public static partial nint um_inference_begin(int enabled);

    [LibraryImport(Library)]
    public static partial void um_inference_end(nint guard);

    [LibraryImport(Library)]
    public static partial int um_threads();

    [LibraryImport(Library)]
    public static partial void um_set_threads(int count);

    [LibraryImport(Library)]
    public static partial int um_has_cuda();

    [LibraryImport(Library)]
    public static partial int um_device_count(int type);

    [LibraryImport(Library)]
    public static partial int um_synchronize(int type, int index);

    [LibraryImport(Library)]
    public static partial int um_manual_seed(ulong seed);

    [LibraryImport(Library)]
    public static partial nint um_generator_default(int type, int index);

    [LibraryImport(Library)]
    public static partial nint um_generator_new(ulong seed);

    [LibraryImport(Library)]
    public static partial void um_generator_free(nint generator);

    [LibraryImport(Library)]
    public static partial void um_generator_set_seed(nint generator, ulong seed);

    [LibraryImport(Library)]
    public static partial ulong um_generator_current_seed(nint generator);

    [LibraryImport(Library)]
    public static partial ulong um_generator_reseed(nint generator);

    [LibraryImport(Library)]
    public static partial nint um_generator_state(nint generator);

    [LibraryImport(Library)]
    public static partial int um_generator_set_state(nint generator, nint state);
}
