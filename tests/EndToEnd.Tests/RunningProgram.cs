using System.Diagnostics;
using System.Globalization;

namespace UniM2Rec.Tests;

/// <summary>A program at work; its output is read all the time, so that it never waits for a full pipe.</summary>
internal sealed class RunningProgram(Process process)
{
    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _errors = process.StandardError.ReadToEndAsync();

    /// <summary>Waits for the end; a program that takes longer is killed, and the test fails.</summary>
    public ProgramResult Wait(TimeSpan limit)
    {
        using (process)
        {
            bool ended = process.WaitForExit(limit);
            if (!ended) process.Kill(entireProcessTree: true);
            var result = new ProgramResult(ended ? process.ExitCode : -1, _output.Result, _errors.Result);
            Assert.True(ended, $"still running after {limit.TotalSeconds:F0} s\n{result.Output}\n{result.Errors}");
            return result;
        }
    }

    /// <summary>Waits until something is there, as long as the program runs.</summary>
    public void WaitUntil(Func<bool> reached)
    {
        while (!reached())
        {
            if (process.WaitForExit(2)) Assert.Fail($"the program ended before it was to be stopped:\n{_output.Result}\n{_errors.Result}");
        }
    }

    /// <summary>
    /// Ctrl-C; or SIGTERM where the tests were started in the background, as shells let what they start there ignore SIGINT, with all its children.
    /// </summary>
    public void Interrupt() => Signal(Ignores(2) ? "TERM" : "INT");

    /// <summary>What a terminal that is closed sends; or SIGTERM where the tests were started so that their children ignore that.</summary>
    public void HangUp() => Signal(Ignores(1) ? "TERM" : "HUP");

    /// <summary>Ends it without giving it a chance to save.</summary>
    public void Kill() => Signal("KILL");

    private bool Ignores(int signal)
    {
        string status = $"/proc/{process.Id}/status";
        string? ignored = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        return ignored is not null && (ulong.Parse(ignored["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
