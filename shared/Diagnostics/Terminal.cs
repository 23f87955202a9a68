using Spectre.Console;

namespace UniM2Rec.Diagnostics;

/// <summary>
/// The one console on the error stream. Progress bars and log lines must share it: it moves the bars out of the way of a line.
/// </summary>
internal static class Terminal
{
    public static IAnsiConsole Error { get; } =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
}

/// <summary>The console that results are written to. Redirected output has no width of its own, so it gets one that no table needs to fold for.</summary>
public static class ResultConsole
{
    private const int RedirectedWidth = 180;

    /// <summary>A console over standard output.</summary>
    public static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
