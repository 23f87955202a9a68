using System.Runtime.InteropServices;

namespace UniM2Rec.CommandLine;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into a cancellation, so that a run can save and leave. The second one ends the process at once,
/// as it would without this class.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _requests;

    private Interruption() =>
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal =>
            PosixSignalRegistration.Create(signal, context => context.Cancel = Request()))];

    /// <summary>Begins to listen; dispose to stop.</summary>
    public static Interruption Listen() => new();

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

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
}
