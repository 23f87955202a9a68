using System.Globalization;

namespace UniM2Rec.Diagnostics;

/// <summary>Progress as plain lines: one when an interval has passed since the task's last, and one at its end.</summary>
/// <param name="output">receives the lines</param>
/// <param name="time">the clock</param>
/// <param name="interval">shortest time between two lines of a task</param>
public sealed class PlainProgress(TextWriter output, TimeProvider time, TimeSpan interval) : IProgressSink
{
    private readonly Lock _writing = new();

    /// <inheritdoc/>
    public IProgressTask Start(string title, long? total, string unit) => new PlainProgressTask(this, time, interval, title, total, unit);

    internal void WriteLine(string line)
    {
        lock (_writing)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}

internal sealed class PlainProgressTask : IProgressTask
{
    private readonly PlainProgress _sink;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly string _unit;
    private readonly long _start;
    private string _title;
    private long _total;
    private long _done;
    private long _lastLine;
    private int _disposed;

    public PlainProgressTask(PlainProgress sink, TimeProvider time, TimeSpan interval, string title, long? total, string unit)
    {
        (this._sink, this._time, this._interval, this._title, this._unit) = (sink, time, interval, title, unit);
        this._total = total ?? -1;
        _start = _lastLine = time.GetTimestamp();
    }

    public void Advance(long by = 1)
    {
        long count = Interlocked.Add(ref _done, by);
        long last = Interlocked.Read(ref _lastLine);
        long now = _time.GetTimestamp();
        // Of several threads that see the interval pass, the one that moves the mark writes the line.
        if (_time.GetElapsedTime(last, now) >= _interval && Interlocked.CompareExchange(ref _lastLine, now, last) == last)
            _sink.WriteLine(Line(count, _time.GetElapsedTime(_start, now)));
    }

    public void Describe(string text) => Volatile.Write(ref _title, text);

    public void SetTotal(long total) => Interlocked.Exchange(ref this._total, total);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        var elapsed = _time.GetElapsedTime(_start);
        long count = Interlocked.Read(ref _done);
        _sink.WriteLine($"{_title}: {Count(count)} {_unit} in {ProgressText.Duration(elapsed)}{Speed(count, elapsed)}");
    }

    private string Line(long count, TimeSpan elapsed)
    {
        long whole = Interlocked.Read(ref _total);
        if (whole <= 0)
            return $"{_title}: {Count(count)} {_unit}{Speed(count, elapsed)}";
        string percent = ((double)count / whole).ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "");
        string left = count > 0 && count < whole
            ? $", {ProgressText.Duration(elapsed * ((double)(whole - count) / count))} left"
            : "";
        return $"{_title}: {Count(count)} of {Count(whole)} {_unit} ({percent}){Speed(count, elapsed)}{left}";
    }

    private string Speed(long count, TimeSpan elapsed) =>
        elapsed > TimeSpan.Zero ? $", {ProgressText.Rate(count / elapsed.TotalSeconds)} {_unit}/s" : "";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
