using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace UniM2Rec.Diagnostics;

/// <summary>The log of a program: short lines on the error stream, full lines in a file.</summary>
public static class ProgramLog
{
    /// <summary>Property of events that the console is not to show, as they were told there in another way.</summary>
    internal const string FileAlone = "FileAlone";

    /// <summary>Makes the log; dispose it (it is an <see cref="IDisposable"/> logger) to flush the file.</summary>
    /// <param name="filePath">file to append to, or null for the console alone</param>
    /// <param name="verbose">also show debug lines on the console; the file has them in any case</param>
    /// <exception cref="UserErrorException">the file can't be opened for writing</exception>
    public static ILogger Create(string? filePath, bool verbose) =>
        Create(filePath, verbose, Console.IsErrorRedirected ? null : Terminal.Error, Console.Error);

    /// <summary>The same with a file that is named later; it is disposed with the log.</summary>
    internal static ILogger Create(LateFile file, bool verbose) =>
        Create(file, verbose, Console.IsErrorRedirected ? null : Terminal.Error, Console.Error);

    internal static ILogger Create(string? filePath, bool verbose, IAnsiConsole? terminal, TextWriter plain)
    {
        var file = new LateFile();
        if (filePath is not null)
            file.Open(filePath);
        return Create(file, verbose, terminal, plain);
    }

    /// <summary>A log of a file alone.</summary>
    /// <exception cref="UserErrorException">the file can't be opened for writing</exception>
    internal static Logger OfFile(string filePath)
    {
        OpenForAppending(filePath);
        return new LoggerConfiguration().MinimumLevel.Debug().WriteTo.File(filePath, outputTemplate:
            "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}",
            formatProvider: System.Globalization.CultureInfo.InvariantCulture).CreateLogger();
    }

    private static ILogger Create(LateFile file, bool verbose, IAnsiConsole? terminal, TextWriter plain) => new LoggerConfiguration().MinimumLevel.Debug()
        .WriteTo.Sink(new ConsoleLines(terminal, plain), verbose ? LogEventLevel.Debug : LogEventLevel.Information)
        .WriteTo.Sink(file)
        .CreateLogger();

    // The file sink reports a path that it can't open to nobody, so it is tried here.
    private static void OpenForAppending(string filePath)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(filePath))!);
            using FileStream file = new(filePath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"the log file '{filePath}' can't be opened ({failure.Message}); expected a path that can be written to: choose another.",
                failure);
        }
    }
}

/// <summary>A log's file that is opened when it is known where it belongs; what was said before is written to it then.</summary>
internal sealed class LateFile : ILogEventSink, IDisposable
{
    private const int MostHeld = 1000;
    private readonly Lock _writing = new();
    private readonly Queue<LogEvent> _held = new();
    private Logger? _file;

    /// <exception cref="UserErrorException">the file can't be opened for writing</exception>
    public void Open(string path)
    {
        lock (_writing)
        {
            _file?.Dispose();
            _file = ProgramLog.OfFile(path);
            while (_held.TryDequeue(out var logEvent))
                _file.Write(logEvent);
        }
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_writing)
        {
            if (_file is not null)
                _file.Write(logEvent);
            else if (_held.Count < MostHeld)
                _held.Enqueue(logEvent);
        }
    }

    public void Dispose() => _file?.Dispose();
}

/// <summary>Lines that the terminal wraps where they are too long, and not the console, which would break paths so that they can't be copied.</summary>
internal sealed class UnbrokenLines(string text, Style style) : IRenderable
{
    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        text.TrimEnd('\n', '\r').Split('\n').SelectMany(line => new[] { new Segment(line.TrimEnd('\r'), style), Segment.LineBreak });
}

/// <summary>Log events as short lines. On a terminal they go through its console, which keeps running bars below them.</summary>
internal sealed class ConsoleLines(IAnsiConsole? terminal, TextWriter plain) : ILogEventSink
{
    private static readonly MessageTemplateTextFormatter Format =
        new("{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture);

    private readonly Lock _writing = new();

    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Properties.ContainsKey(ProgramLog.FileAlone)) return;
        var line = new StringWriter(CultureInfo.InvariantCulture);
        Format.Format(logEvent, line);
        lock (_writing)
        {
            if (terminal is null)
            {
                plain.Write(line);
                plain.Flush();
                return;
            }
            terminal.Write(new UnbrokenLines(line.ToString(), StyleOf(logEvent.Level)));
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
