using System.Runtime.InteropServices;

namespace UniM2Rec.CommandLine;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into a cancellation, so that a run can save and leave. The second one ends the process at once,
/// as it would without this class.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private int requests;

    private Interruption() =>
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal =>
            PosixSignalRegistration.Create(signal, context => context.Cancel = Request()))];

    /// <summary>Begins to listen; dispose to stop.</summary>
    public static Interruption Listen() => new();

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Whether a signal has come.</summary>
    public bool Requested => source.IsCancellationRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    /// <summary>True when this is the first request, which the run handles itself.</summary>
    internal bool Request()
    {
        if (Interlocked.Increment(ref requests) > 1)
            return false;
        source.Cancel();
        return true;
    }
}
