using System.Globalization;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

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
