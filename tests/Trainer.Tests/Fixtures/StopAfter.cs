using Serilog.Core;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>Progress that stops the work, as Ctrl-C would, once it has advanced so many times.</summary>
internal sealed class StopAfter(int advances) : IProgressSink, IProgressTask
{
    private readonly CancellationTokenSource _source = new();

    public int Advanced { get; private set; }

    public CancellationToken Token => _source.Token;

    public WorkContext Context => new(Logger.None, this, Token);

    public IProgressTask Start(string title, long? total, string unit) => this;

    public void Advance(long by = 1)
    {
        if (++Advanced == advances) _source.Cancel();
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
