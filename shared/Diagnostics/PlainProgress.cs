namespace UniM2Rec.Diagnostics;

/// <summary>Progress as plain lines: one when an interval has passed since the task's last, and one at its end.</summary>
/// <param name="output">receives the lines</param>
/// <param name="time">the clock</param>
/// <param name="interval">shortest time between two lines of a task</param>
public sealed class PlainProgress(TextWriter output, TimeProvider time, TimeSpan interval) : IProgressSink
{
    private readonly Lock writing = new();

    /// <inheritdoc/>
    public IProgressTask Start(string title, long? total, string unit) => new PlainProgressTask(this, time, interval, title, total, unit);

    internal void WriteLine(string line)
    {
        lock (writing)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
