using UniM2Rec.Diagnostics;

namespace UniM2Rec.Tests.Testing;

/// <summary>Progress that cancels the run after a number of units: an interruption at a known place.</summary>
internal sealed class CancelAfter(long units, CancellationTokenSource source) : IProgressSink, IProgressTask
{
    private long _seen;

    public IProgressTask Start(string title, long? total, string unit) => this;

    public void Advance(long by = 1)
    {
        if (Interlocked.Add(ref _seen, by) >= units)
            source.Cancel();
    }

    public void Describe(string text)
    {
    }

    public void SetTotal(long total)
    {
    }

    public void Dispose()
    {
    }
}
