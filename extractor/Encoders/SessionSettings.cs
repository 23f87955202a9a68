using Microsoft.ML.OnnxRuntime;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>How an encoder's session is opened.</summary>
public sealed record SessionSettings
{
    /// <summary>Where it runs.</summary>
    public DeviceChoice Device { get; init; } = DeviceChoice.Cpu;

    /// <summary>Threads of one run.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether idle threads wait busily: faster between the operators of a large model, a waste beside threads that prepare pictures.</summary>
    public bool Spinning { get; init; } = true;

    /// <summary>
    /// Whether batches come in few fixed shapes, and inputs and outputs are bound (IO binding): on a GPU, where each new shape costs a search for
    /// kernels and new memory.
    /// </summary>
    public bool FixedShapes { get; init; }

    /// <summary>Most GPU memory, in bytes; 0 = no limit.</summary>
    public long GpuMemoryLimit { get; init; }
}

/// <summary>ONNX Runtime's environment, which it has once a process.</summary>
internal static class OnnxEnvironment
{
    /// <summary>
    /// The least that ONNX Runtime writes to the error stream by itself: what fails comes as an exception and is said in one sentence, so its
    /// own lines would only say it twice.
    /// </summary>
    public const OrtLoggingLevel Level = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private static readonly Lock Creation = new();

    /// <summary>Creates it where that was not done yet; comes before the first session, its options and its providers.</summary>
    public static void Ensure()
    {
        lock (Creation)
        {
            if (OrtEnv.IsCreated)
                return;
            var options = new EnvironmentCreationOptions { logId = "unim2rec", logLevel = Level };
            OrtEnv.CreateInstanceWithOptions(ref options);
        }
    }
}
