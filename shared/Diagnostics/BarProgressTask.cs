using Spectre.Console;

namespace UniM2Rec.Diagnostics;

internal sealed class BarProgressTask(BarProgress sink, ProgressTask task) : IProgressTask
{
    private int disposed;

    public void Advance(long by = 1) => task.Increment(by);

    public void Describe(string text) => task.Description = Markup.Escape(text);

    public void SetTotal(long total)
    {
        task.MaxValue = Math.Max(1, total);
        task.IsIndeterminate = false;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            sink.End(task);
    }
}
