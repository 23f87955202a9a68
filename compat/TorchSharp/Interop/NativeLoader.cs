using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Interop;

/// <summary>
/// Prepares the process before libtorch is loaded: OpenBLAS reads its environment when it is loaded, and the CPU
/// allocator must be in place before the first tensor.
/// </summary>
internal static partial class NativeLoader
{
    private static readonly Lock Gate = new();
    private static nint _library;

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The resolver must be set before the first native call.")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != NativeMethods.Library) return 0;
        lock (Gate)
        {
            if (_library != 0) return _library;
            SetUpThreadsAndKernels();
            _library = NativeLibrary.Load(name, assembly, path);
            InstallAllocator(_library);
            return _library;
        }
    }

    private static void SetUpThreadsAndKernels()
    {
        if (!OperatingSystem.IsLinux()) return;

        // OpenBLAS 0.3.21 does not know recent AMD processors with AVX-512 and falls back to its AVX2 kernels, which
        // reach about half the rate.
        if (Avx512F.IsSupported) SetUnlessGiven("OPENBLAS_CORETYPE", "SkylakeX");

        // Torch's loops run in OpenMP's threads and matrix products in OpenBLAS's own. Each pool waits for work by
        // spinning for milliseconds on cores that the other one needs: half of a training step's processor time.
        SetUnlessGiven("GOMP_SPINCOUNT", "1000");
        SetUnlessGiven("OPENBLAS_THREAD_TIMEOUT", "8");
    }

    // Environment.SetEnvironmentVariable changes only the runtime's own copy, which native code does not see.
    private static void SetUnlessGiven(string name, string value) => _ = SetNativeVariable(name, value, 0);

    private static unsafe void InstallAllocator(nint library) =>
        ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "um_install_allocator"))();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
