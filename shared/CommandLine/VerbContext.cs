using Serilog;

namespace UniM2Rec.CommandLine;

/// <summary>What a verb works with: a log, progress on the error stream, and Ctrl-C.</summary>
public sealed class VerbContext : IDisposable
{
    private readonly bool _verbose;
    private readonly LateFile _file = new();
    private string? _logFile;

    internal VerbContext(bool verbose, CancellationToken cancellation)
    {
        (_verbose, Cancellation) = (verbose, cancellation);
        Log = ProgramLog.Create(_file, verbose);
    }

    /// <summary>The console, and the file of <see cref="LogTo"/> once there is one.</summary>
    public ILogger Log { get; }

    /// <summary>Bars on a terminal, plain lines elsewhere.</summary>
    public IProgressSink Progress { get; } = Diagnostics.Progress.ForConsole();

    /// <summary>Requested by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The same for code that knows nothing of command lines.</summary>
    public WorkContext Work => new(Log, Progress, Cancellation);

    /// <summary>Logs to a file too, what was said before and errors included; so a command that is refused leaves the file as it was.</summary>
    /// <exception cref="UserErrorException">The file can't be opened for writing.</exception>
    public void LogTo(string path)
    {
        _file.Open(path);
        _logFile = path;
    }

    /// <summary>Says which command usually comes next, on the error stream and on one line, so that it can be copied.</summary>
    /// <param name="words">The program, the verb, options and their values, which are quoted where a shell would take them apart.</param>
    public static void Next(params IEnumerable<string> words) => Console.Error.WriteLine($"next: {Line(words)}");

    /// <summary>A command line that can be copied.</summary>
    /// <inheritdoc cref="Next"/>
    public static string Line(params IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <inheritdoc/>
    public void Dispose() => (Log as IDisposable)?.Dispose();

    /// <summary>Tells the end of a verb that did not come to its own: on the error stream as it is, in the log file as an event.</summary>
    internal void Report(string sentence, bool isError)
    {
        Console.Error.WriteLine(sentence);
        var file = Log.ForContext(ProgramLog.FileAlone, true);
        if (isError) file.Error("{Sentence:l}", sentence);
        else file.Warning("{Sentence:l}", sentence);
    }

    /// <summary>Tells an exception that nobody foresaw: its first line to the user, its trace to the log file or, with --verbose, to the console.</summary>
    internal void ReportFault(Exception fault)
    {
        string said = Excerpt.Of(fault.Message.Trim().Split('\n')[0].TrimEnd());
        string where = _logFile is null ? "the same command with --verbose shows where" : $"{_logFile} has where";
        Console.Error.WriteLine($"error: A fault of the program ended this ({fault.GetType().Name}: {said.TrimEnd('.')}); {where}, please report it.");
        var log = _verbose ? Log : Log.ForContext(ProgramLog.FileAlone, true);
        log.Error(fault, "A fault of the program");
    }
}
