using System.Runtime.Intrinsics.X86;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Distributed;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Turns <c>auto|cpu|cuda[:n]</c> into a device; a request that can't be met is an error, never a silent fallback.</summary>
public static class DeviceChoice
{
    /// <param name="name">As it is configured.</param>
    /// <param name="ranks">Processes that train together, of which each takes a GPU of its own; null for one.</param>
    /// <exception cref="UserErrorException">The name is unknown, or the CUDA device is not there.</exception>
    public static Device Resolve(string name, ICommunicator? ranks = null)
    {
        var asked = DeviceName.Parse(name);
        if (!asked.IsAuto && !asked.IsCuda) return CPU;
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (asked.IsAuto && count == 0) return CPU;
        if (ranks is { Size: > 1 } && name is "auto" or "cuda" && count > 0)
        {
            return ranks!.LocalRank < count
                ? device($"cuda:{ranks.LocalRank}")
                : throw new UserErrorException($"Process {ranks.LocalRank + 1} of this machine has no GPU of its own, as Torch sees {count} CUDA device(s); start as many processes as there are, or take --device cpu.");
        }

        if (asked.IsAuto) return device("cuda:0");
        if (asked.Index >= count)
            throw new UserErrorException($"The device '{name}' was asked for, but Torch sees {count} CUDA device(s) on this machine; use --device cpu, or install a CUDA build of Torch and its driver.");
        return device($"cuda:{asked.Index}");
    }
}

/// <summary>Whether a device computes bfloat16 products natively; elsewhere they are emulated, and slower than float32.</summary>
public static class Precisions
{
    private const int Ampere = 8;

    /// <summary>Whether large products of training are to be computed in bfloat16.</summary>
    public static bool UsesBfloat16(Precision precision, Device device) =>
        precision == Precision.Bfloat16 || (precision == Precision.Auto && HasBfloat16(device));

    /// <summary>AVX512-BF16 or AMX-BF16 on x86 processors, compute capability 8.0 on NVIDIA's GPUs.</summary>
    public static bool HasBfloat16(Device device)
    {
        if (device.type == DeviceType.CUDA) return NvidiaDriver.ComputeCapability(Math.Max(0, device.index)) >= Ampere; // Torch tells it to Python only
        if (device.type != DeviceType.CPU || !X86Base.IsSupported || !Avx512F.IsSupported) return false;
        // Intel's manual, volume 2A, CPUID: leaf 7, subleaf 0, EDX bit 22 (AMX-BF16); subleaf 1, EAX bit 5 (AVX512_BF16).
        return (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0 || (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
    }
}
