using System.Globalization;

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

internal sealed class PlainProgressTask : IProgressTask
{
    private readonly PlainProgress sink;
    private readonly TimeProvider time;
    private readonly TimeSpan interval;
    private readonly string unit;
    private readonly long start;
    private string title;
    private long total;
    private long done;
    private long lastLine;
    private int disposed;

    public PlainProgressTask(PlainProgress sink, TimeProvider time, TimeSpan interval, string title, long? total, string unit)
    {
        (this.sink, this.time, this.interval, this.title, this.unit) = (sink, time, interval, title, unit);
        this.total = total ?? -1;
        start = lastLine = time.GetTimestamp();
    }

    public void Advance(long by = 1)
    {
        long count = Interlocked.Add(ref done, by);
        long last = Interlocked.Read(ref lastLine);
        long now = time.GetTimestamp();
        // Of several threads that see the interval pass, the one that moves the mark writes the line.
        if (time.GetElapsedTime(last, now) >= interval && Interlocked.CompareExchange(ref lastLine, now, last) == last)
            sink.WriteLine(Line(count, time.GetElapsedTime(start, now)));
    }

    public void Describe(string text) => Volatile.Write(ref title, text);

    public void SetTotal(long total) => Interlocked.Exchange(ref this.total, total);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        TimeSpan elapsed = time.GetElapsedTime(start);
        long count = Interlocked.Read(ref done);
        sink.WriteLine($"{title}: {Count(count)} {unit} in {ProgressText.Duration(elapsed)}{Speed(count, elapsed)}");
    }

    private string Line(long count, TimeSpan elapsed)
    {
        long whole = Interlocked.Read(ref total);
        if (whole <= 0)
            return $"{title}: {Count(count)} {unit}{Speed(count, elapsed)}";
        string percent = ((double)count / whole).ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "");
        string left = count > 0 && count < whole
            ? $", {ProgressText.Duration(elapsed * ((double)(whole - count) / count))} left"
            : "";
        return $"{title}: {Count(count)} of {Count(whole)} {unit} ({percent}){Speed(count, elapsed)}{left}";
    }

    private string Speed(long count, TimeSpan elapsed) =>
        elapsed > TimeSpan.Zero ? $", {ProgressText.Rate(count / elapsed.TotalSeconds)} {unit}/s" : "";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
