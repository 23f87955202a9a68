using System.ComponentModel;
using System.Diagnostics;

namespace UniM2Rec.Models.Pretrained;

/// <summary>Runs the <c>dotnet</c> command with some arguments in a folder.</summary>
/// <returns>Its exit code and all that it printed; null where there is no such command.</returns>
public delegate (int Code, string Output)? DotnetCommand(IReadOnlyList<string> arguments, CancellationToken cancellation);

/// <summary>The <c>dotnet</c> command of this machine.</summary>
public static class InstalledDotnet
{
    /// <summary>Runs it, and ends it with all that it has started when cancelled.</summary>
    public static (int Code, string Output)? Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in new[] { "DOTNET_NOLOGO", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_SKIP_FIRST_TIME_EXPERIENCE", "MSBUILDDISABLENODEREUSE" })
            start.Environment[name] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        try
        {
            using var process = Process.Start(start)!;
            using var end = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
