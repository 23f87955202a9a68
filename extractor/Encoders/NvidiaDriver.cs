using System.Runtime.InteropServices;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Asks the NVIDIA driver how many GPUs there are, without any of CUDA's other libraries.</summary>
internal static unsafe class NvidiaDriver
{
    /// <summary>Name of the driver's library.</summary>
    public static string Library => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Number of GPUs that CUDA can use; 0 where there is no driver, or none that answers.</summary>
    /// <remarks>CUDA driver API: cuInit and cuDeviceGetCount, both 0 on success.</remarks>
    public static int CountGpus()
    {
        if (OperatingSystem.IsMacOS() || !NativeLibrary.TryLoad(Library, out var driver))
            return 0;
        // The driver stays loaded: CUDA itself would load it again.
        if (!NativeLibrary.TryGetExport(driver, "cuInit", out var initialize) || !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var count))
            return 0;
        var gpus = 0;
        return ((delegate* unmanaged<uint, int>)initialize)(0) == 0 && ((delegate* unmanaged<int*, int>)count)(&gpus) == 0 ? gpus : 0;
    }
}
