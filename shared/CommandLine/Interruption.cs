using System.Globalization;
using System.Runtime.InteropServices;

namespace UniM2Rec.CommandLine;

/// <summary>
/// Turns the first Ctrl-C, SIGTERM or SIGHUP (a terminal that is closed) into a cancellation, so that a run can save and leave. The second one ends
/// the process at once, as it would without this class. A signal that whatever started the program lets it ignore, as <c>nohup</c> does with SIGHUP
/// and a shell with the SIGINT of what it starts in the background, stays ignored.
/// </summary>
public sealed class Interruption : IDisposable
{
    // The numbers are the same on every Linux; elsewhere it can't be told which signals are ignored.
    private static readonly (PosixSignal Signal, int Number)[] Signals = [(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, 1)];

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _requests;

    private Interruption()
    {
        ulong ignored = IgnoredSignals();
        _registrations = [.. Signals.Where(s => !IsIn(ignored, s.Number)).Select(s =>
            PosixSignalRegistration.Create(s.Signal, context => context.Cancel = Request()))];
    }

    /// <summary>Begins to listen; dispose to stop.</summary>
    public static Interruption Listen() => new();

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the program was started so that Ctrl-C does not reach it.</summary>
    public static bool IgnoresCtrlC => IsIn(IgnoredSignals(), Signals[0].Number);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    /// <summary>True when this is the first request, which the run handles itself.</summary>
    internal bool Request()
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return false;
        _source.Cancel();
        return true;
    }

    private static bool IsIn(ulong signals, int number) => (signals & (1UL << (number - 1))) != 0;

    /// <summary>A bit a signal, from the line SigIgn of proc(5).</summary>
    private static ulong IgnoredSignals()
    {
        const string line = "SigIgn:";
        try
        {
            string? found = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(line, StringComparison.Ordinal)) : null;
            return ulong.TryParse(found?[line.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong signals) ? signals : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
