using System.Globalization;

namespace UniM2Rec.Diagnostics;

/// <summary>Shows the progress of long work. Safe to use from several threads.</summary>
public interface IProgressSink
{
    /// <summary>Begins a task; several may run at the same time.</summary>
    /// <param name="title">what is done, e.g. "text embeddings"</param>
    /// <param name="total">units of the whole task, or null while that is not known</param>
    /// <param name="unit">plural name of a unit, e.g. "items"</param>
    IProgressTask Start(string title, long? total, string unit);
}

/// <summary>A task that is shown until it is disposed. Safe to use from several threads.</summary>
public interface IProgressTask : IDisposable
{
    /// <summary>Counts units that are done.</summary>
    void Advance(long by = 1);

    /// <summary>Replaces the title.</summary>
    void Describe(string text);

    /// <summary>Says how many units the whole task has.</summary>
    void SetTotal(long total);
}

/// <summary>Where progress goes. Everything is written to the error stream, so that results on standard output stay clean.</summary>
public static class Progress
{
    /// <summary>Bars when the error stream is a terminal; a plain line every five seconds when it is redirected.</summary>
    public static IProgressSink ForConsole() =>
        Console.IsErrorRedirected || !Terminal.Error.Profile.Capabilities.Interactive
            ? new PlainProgress(Console.Error, TimeProvider.System, TimeSpan.FromSeconds(5))
            : new BarProgress(Terminal.Error);

    /// <summary>Shows nothing.</summary>
    public static IProgressSink None { get; } = new SilentProgress();
}

internal sealed class SilentProgress : IProgressSink, IProgressTask
{
    public IProgressTask Start(string title, long? total, string unit) => this;

    public void Advance(long by = 1) { }

    public void Describe(string text) { }

    public void SetTotal(long total) { }

    public void Dispose() { }
}

/// <summary>Numbers as progress shows them.</summary>
internal static class ProgressText
{
    /// <summary>"0.4 s", "42 s", "3 min 05 s" or "2 h 07 min".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };

    /// <summary>Two or three leading digits: "0.35", "7.2", "48", "12,345".</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        < 1 => perSecond.ToString("0.00", CultureInfo.InvariantCulture),
        < 10 => perSecond.ToString("0.0", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("N0", CultureInfo.InvariantCulture),
    };
}
