
namespace UniM2Rec.Diagnostics;

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
