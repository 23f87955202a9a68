using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using UniM2Rec.Trainer.Configuration;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Session;

/// <summary>Turns <c>auto|cpu|cuda[:n]</c> into a device; a request that can't be met is an error, never a silent fallback.</summary>
public static class DeviceChoice
{
    /// <exception cref="UserErrorException">The name is unknown, or the CUDA device is not there.</exception>
    public static Device Resolve(string name)
    {
        if (name == "auto") return cuda.is_available() ? device("cuda:0") : CPU;
        if (name == "cpu") return CPU;
        if (name != "cuda" && !name.StartsWith("cuda:", StringComparison.Ordinal))
            throw new UserErrorException($"The device '{name}' is unknown; --device takes auto, cpu, cuda or cuda:n.");

        int index = 0;
        if (name.Length > 4 && !int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index))
            throw new UserErrorException($"The device '{name}' has no number after the colon; --device takes auto, cpu, cuda or cuda:n.");
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (index >= count)
            throw new UserErrorException($"The device '{name}' was asked for, but Torch sees {count} CUDA device(s) on this machine; use --device cpu, or install a CUDA build of Torch and its driver.");
        return device($"cuda:{index}");
    }
}

/// <summary>Whether a device computes bfloat16 products natively; elsewhere they are emulated, and slower than float32.</summary>
public static partial class Precisions
{
    private const int Ampere = 8;

    /// <summary>Whether large products of training are to be computed in bfloat16.</summary>
    public static bool UsesBfloat16(Precision precision, Device device) =>
        precision == Precision.Bfloat16 || (precision == Precision.Auto && HasBfloat16(device));

    /// <summary>AVX512-BF16 or AMX-BF16 on x86 processors, compute capability 8.0 on NVIDIA's GPUs.</summary>
    public static bool HasBfloat16(Device device)
    {
        if (device.type == DeviceType.CUDA) return ComputeCapability(device.index) >= Ampere;
        if (device.type != DeviceType.CPU || !X86Base.IsSupported || !Avx512F.IsSupported) return false;
        // Intel's manual, volume 2A, CPUID: leaf 7, subleaf 0, EDX bit 22 (AMX-BF16); subleaf 1, EAX bit 5 (AVX512_BF16).
        return (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0 || (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
    }

    /// <summary>Torch tells it to Python only, so the driver is asked; 0 where it can't be.</summary>
    private static int ComputeCapability(int index)
    {
        const int majorAttribute = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
        try
        {
            return Initialize(0) == 0 && GetDevice(out int device, Math.Max(0, index)) == 0 && GetAttribute(out int major, majorAttribute, device) == 0 ? major : 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport("cuda", EntryPoint = "cuInit")]
    private static partial int Initialize(uint flags);

    [LibraryImport("cuda", EntryPoint = "cuDeviceGet")]
    private static partial int GetDevice(out int device, int index);

    [LibraryImport("cuda", EntryPoint = "cuDeviceGetAttribute")]
    private static partial int GetAttribute(out int value, int attribute, int device);
}
