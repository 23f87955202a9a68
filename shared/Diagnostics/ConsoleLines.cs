using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Spectre.Console;

namespace UniM2Rec.Diagnostics;

/// <summary>Log events as short lines. On a terminal they go through its console, which keeps running bars below them.</summary>
internal sealed class ConsoleLines(IAnsiConsole? terminal, TextWriter plain) : ILogEventSink
{
    private static readonly MessageTemplateTextFormatter Format =
        new("{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture);

    private readonly Lock writing = new();

    public void Emit(LogEvent logEvent)
    {
        var line = new StringWriter(CultureInfo.InvariantCulture);
        Format.Format(logEvent, line);
        lock (writing)
        {
            if (terminal is null)
            {
                plain.Write(line);
                plain.Flush();
                return;
            }
            terminal.Write(new Text(line.ToString(), StyleOf(logEvent.Level)));
        }
    }

    private static Style StyleOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Debug or LogEventLevel.Verbose => new Style(Color.Grey),
        LogEventLevel.Warning => new Style(Color.Yellow),
        LogEventLevel.Error or LogEventLevel.Fatal => new Style(Color.Red),
        _ => Style.Plain,
    };
}
