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
