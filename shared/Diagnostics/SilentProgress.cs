namespace UniM2Rec.Diagnostics;

internal sealed class SilentProgress : IProgressSink, IProgressTask
{
    public IProgressTask Start(string title, long? total, string unit) => this;

    public void Advance(long by = 1) { }

    public void Describe(string text) { }

    public void SetTotal(long total) { }

    public void Dispose() { }
}
