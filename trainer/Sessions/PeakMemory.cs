using System.Diagnostics;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The most memory that the program has had.</summary>
internal static class PeakMemory
{
    private const string ClearRefs = "/proc/self/clear_refs", ResetPeak = "5";

    /// <summary>In MiB, since <see cref="Begin"/> where the system can be told to forget what was before, else since the program began.</summary>
    public static long MiB
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 >> 20;
        }
    }

    /// <summary>Forgets what was before, so that each run of a study has its own; only Linux can.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText(ClearRefs, ResetPeak);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Containers may forbid it: the peak is then the program's.
        }
    }
}
