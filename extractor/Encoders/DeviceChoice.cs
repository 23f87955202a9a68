using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Where encoders run.</summary>
/// <param name="IsCuda">Whether the CUDA provider is used.</param>
/// <param name="Index">Number of the GPU; 0 for the processor.</param>
public sealed record DeviceChoice(bool IsCuda, int Index)
{
    private const string CudaProvider = "CUDAExecutionProvider";

    /// <summary>The processor.</summary>
    public static DeviceChoice Cpu { get; } = new(false, 0);

    /// <inheritdoc/>
    public override string ToString() => IsCuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Index}") : "cpu";

    /// <summary>Reads <c>cpu</c>, <c>cuda</c>, <c>cuda:n</c> or <c>auto</c> and checks that the device can be used.</summary>
    /// <param name="request">The text of <c>--device</c>.</param>
    /// <param name="note">Is told what <c>auto</c> chose, and why.</param>
    /// <param name="countGpus">Asks the driver; null = the driver of this machine.</param>
    /// <exception cref="UserErrorException">Another text, or a GPU that can't be used.</exception>
    public static DeviceChoice Resolve(string request, Action<string> note, Func<int>? countGpus = null)
    {
        var name = DeviceName.Parse(request);
        if (!name.IsAuto && !name.IsCuda)
            return Cpu;
        countGpus ??= NvidiaDriver.CountGpus;
        string? missing = WhyNot(name.Index, countGpus());
        if (name.IsAuto)
        {
            note(missing is null ? "device: cuda:0 (auto)" : $"device: cpu (auto; {missing})");
            return missing is null ? new(true, 0) : Cpu;
        }

        return missing is null
            ? new(true, name.Index)
            : throw new UserErrorException($"--device {request} was asked for, but CUDA can't be used here ({missing}); use --device cpu, or a machine with that NVIDIA GPU, its driver, CUDA 13 and cuDNN 9 (docs/ENCODERS.md).");
    }

    /// <summary>Adds the provider to a session's options.</summary>
    /// <exception cref="OnnxRuntimeException">The GPU or its libraries are missing.</exception>
    public void AppendTo(SessionOptions options, long memoryLimitBytes)
    {
        if (!IsCuda)
            return;
        using var cuda = new OrtCUDAProviderOptions();
        var values = new Dictionary<string, string>
        {
            ["device_id"] = Index.ToString(CultureInfo.InvariantCulture),
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        };
        if (memoryLimitBytes > 0)
            values["gpu_mem_limit"] = memoryLimitBytes.ToString(CultureInfo.InvariantCulture);
        cuda.UpdateOptions(values);
        options.AppendExecutionProvider_CUDA(cuda);
    }

    /// <summary>
    /// Why a GPU can't be used, or null where it can. The driver comes first: without one there is nothing to say about CUDA's libraries.
    /// </summary>
    private static string? WhyNot(int index, int gpus)
    {
        if (gpus == 0)
            return "no NVIDIA driver";
        if (index >= gpus)
            return $"the NVIDIA driver has {gpus} GPU{(gpus == 1 ? "" : "s")}, numbered from 0";
        OnnxEnvironment.Ensure();
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider))
            return "this build of ONNX Runtime has no CUDA provider";
        try
        {
            using var options = new SessionOptions();
            new DeviceChoice(true, index).AppendTo(options, 0);
            return null;
        }
        catch (Exception failure) when (failure is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return $"ONNX Runtime's CUDA provider, which needs the libraries of CUDA 13 and cuDNN 9, does not load: {Cause(failure)}";
        }
    }

    /// <summary>What the system's loader said, where that is what failed, without ONNX Runtime's own source lines before it.</summary>
    private static string Cause(Exception failure)
    {
        const string loader = "with error: ";
        string message = failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        int at = message.IndexOf(loader, StringComparison.Ordinal);
        return at < 0 ? message : message[(at + loader.Length)..];
    }
}
