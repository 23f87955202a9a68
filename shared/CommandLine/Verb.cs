using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace UniM2Rec.CommandLine;

/// <summary>A verb of a program, whose help ends with examples and exit codes, and whose errors are one sentence and an exit code.</summary>
public sealed class Verb : Command
{
    private const string NothingKept = "nothing of it was kept; the same command begins again";
    private const int NoSpace = 28; // ENOSPC, which .NET keeps as it is on Unix
    private const int OverQuota = 122; // EDQUOT

    private Func<ParseResult, VerbContext, int>? _work;
    private string? _whenStopped;

    /// <param name="name">The verb.</param>
    /// <param name="description">What it does, in a sentence or two.</param>
    /// <param name="examples">Whole command lines without the program's name.</param>
    public Verb(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Command lines that the help shows.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Whether it is all that its program does.</summary>
    internal bool IsProgram { get; set; }

    /// <summary>Sets what the verb does.</summary>
    /// <param name="work">Returns an exit code.</param>
    /// <param name="whenStopped">What is said when the user stops it: what was kept, and how to go on.</param>
    public Verb Does(Func<ParseResult, VerbContext, int> work, string whenStopped = NothingKept)
    {
        (_work, _whenStopped) = (work, whenStopped);
        SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return this;
    }

    /// <summary>Sets what a verb does that ends in figures; it gets <c>--wide</c> and <c>--json</c>.</summary>
    /// <inheritdoc cref="Does(Func{ParseResult, VerbContext, int}, string)"/>
    public Verb Does(Func<ParseResult, VerbContext, ResultWriter, int> work, string whenStopped = NothingKept)
    {
        ResultWriter.AddTo(this);
        return Does(
            (parsed, context) =>
            {
                var results = ResultWriter.Of(parsed);
                int code = work(parsed, context, results);
                results.End();
                return code;
            }, whenStopped);
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var context = new VerbContext(parsed.GetValue(CommandFrame.Verbose), cancellation);
        if (_whenStopped != NothingKept && Interruption.IgnoresCtrlC)
            context.Log.Information("Ctrl-C does not reach this program, as whatever started it wants; kill -TERM {Process} stops it, and it saves first", Environment.ProcessId);
        try
        {
            return _work!(parsed, context);
        }
        catch (Exception failure) when (Expected(failure) is { } known)
        {
            string program = CommandFrame.ProgramOf(parsed);
            if (known is OperationCanceledException)
            {
                context.Report($"stopped; {_whenStopped}", isError: false);
                return ExitCodes.Stopped;
            }

            bool isUsage = known is UserErrorException { IsUsage: true };
            context.Report(isUsage ? $"error: {known.Message.TrimEnd('.')}; see '{(IsProgram ? program : $"{program} {Path(this)}")} --help'." : $"error: {Describe(known)}", isError: true);
            return isUsage ? ExitCodes.WrongUsage : ExitCodes.Failed;
        }
        catch (Exception unforeseen)
        {
            // A fault of the program, whatever led to it: one sentence, and the trace where it can be found again.
            context.ReportFault(unforeseen);
            return ExitCodes.Failed;
        }
    }

    /// <summary>What the system says of a file is what it found; what to do is added to it.</summary>
    private static string Describe(Exception known) => known switch
    {
        IOException { HResult: NoSpace or OverQuota } => $"There is no room for what is to be written ({known.Message.TrimEnd('.')}); free some, or give another place, and run the same command again.",
        IOException => $"A file can't be read or written ({Excerpt.Of(known.Message.TrimEnd('.'), 400)}); look at it, and run the same command again.",
        UnauthorizedAccessException => $"{Excerpt.Of(known.Message.TrimEnd('.'), 400)}; change its permissions, or give another place.",
        _ => known.Message,
    };

    /// <summary>The words that lead to a command, without the program's name.</summary>
    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{Path(parent)} {command.Name}" : command.Name;

    /// <summary>The error to tell, which parallel code may have wrapped; null for what is not the user's to mend.</summary>
    private static Exception? Expected(Exception failure) => failure switch
    {
        UserErrorException or OperationCanceledException or IOException or UnauthorizedAccessException => failure,
        AggregateException many => many.Flatten().InnerExceptions.Select(Expected).OfType<Exception>().OrderBy(inner => inner is OperationCanceledException).FirstOrDefault(),
        _ => null,
    };
}

/// <summary>The usual help, followed by the verb's examples and the exit codes.</summary>
internal sealed class VerbHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        if ((command is ProgramCommand program ? program.Only : command as Verb) is { Examples.Count: > 0 } verb)
        {
            output.WriteLine("Examples:");
            foreach (string example in verb.Examples) output.WriteLine($"  {CommandFrame.ProgramOf(parseResult)} {example}");
            output.WriteLine();
        }

        output.WriteLine(ExitCodes.InWords);
        return result;
    }
}
