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

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Ends it without giving it a chance to save.</summary>
    public void Kill() => Signal("KILL");

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
