using System.Runtime.InteropServices;

namespace UniM2Rec.Diagnostics;

/// <summary>Asks the NVIDIA driver what GPUs there are, without any of CUDA's other libraries (CUDA driver API; each function returns 0 on success).</summary>
public static unsafe class NvidiaDriver
{
    private const int ComputeCapabilityMajor = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

    /// <summary>Name of the driver's library.</summary>
    public static string Library => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Number of GPUs that CUDA can use; 0 where there is no driver, or none that answers.</summary>
    public static int CountGpus()
    {
        int gpus = 0;
        return Find("cuDeviceGetCount") is var count and not 0 && ((delegate* unmanaged<int*, int>)count)(&gpus) == 0 ? gpus : 0;
    }

    /// <summary>The major number of a GPU's compute capability; 0 where it can't be told.</summary>
    public static int ComputeCapability(int index)
    {
        int device = 0, major = 0;
        nint get = Find("cuDeviceGet"), attribute = Find("cuDeviceGetAttribute");
        return get != 0 && attribute != 0
            && ((delegate* unmanaged<int*, int, int>)get)(&device, index) == 0
            && ((delegate* unmanaged<int*, int, int, int>)attribute)(&major, ComputeCapabilityMajor, device) == 0 ? major : 0;
    }

    /// <summary>A function of the driver, which is initialised; 0 where there is none. The driver stays loaded: CUDA itself would load it again.</summary>
    private static nint Find(string function) =>
        !OperatingSystem.IsMacOS() && NativeLibrary.TryLoad(Library, out nint driver)
        && NativeLibrary.TryGetExport(driver, "cuInit", out nint initialize) && ((delegate* unmanaged<uint, int>)initialize)(0) == 0
        && NativeLibrary.TryGetExport(driver, function, out nint found) ? found : 0;
}
