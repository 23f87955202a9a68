using Microsoft.ML.OnnxRuntime;

namespace UniM2Rec.Extractor.Encoders;

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
