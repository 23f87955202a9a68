using System.Diagnostics;
using System.Globalization;

namespace UniM2Rec.Benchmarks;

/// <summary>Another process that prints numbers.</summary>
internal static class Peer
{
    /// <summary>Runs it and reads its line of numbers.</summary>
    public static double[] Numbers(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
