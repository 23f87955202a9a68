using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using UniM2Rec.CommandLine;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Commands;

/// <summary>The program's verbs.</summary>
internal static class Verbs
{
    private const string Program = "unim2rec-extract";

    /// <summary>Parses and runs a command line; Ctrl-C cancels.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter errors)
    {
        var root = CreateRoot();
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not ExampleHelp)
        {
            errors.WriteLine($"error: {UsageError.Describe(Program, parsed)}");
            return ExitCodes.WrongUsage;
        }

        // The program's own handler lets a run save first; the library's would end the process after two seconds.
        using var interruption = Interruption.Listen();
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, interruption.Token);
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Turns a catalogue's texts and pictures into features, once, with encoders that are plain ONNX files.")
        {
            ImportCommand.Create(),
            SynthCommand.Create(),
            RunCommand.Create(),
            VerifyCommand.Create(),
            InspectCommand.Create(),
            MergeCommand.Create(),
            EncodersCommand.Create(),
            ImportFeaturesCommand.Create(),
        };
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new ExampleHelp((HelpAction)option.Action!, Program);
        return root;
    }
}

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One line.</param>
/// <param name="examples">Whole command lines without the program's name.</param>
internal sealed class ExtractCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>Sets what the command does, with the program's error handling round it.</summary>
    public ExtractCommand Does(Func<ParseResult, CancellationToken, int> action)
    {
        SetAction((parsed, cancellation) => Task.Run(() => Guarded.Run(() => action(parsed, cancellation), Console.Error), CancellationToken.None));
        return this;
    }
}

/// <summary>The usual help, followed by the command's examples and the exit codes.</summary>
internal sealed class ExampleHelp(HelpAction usual, string program) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is ExtractCommand { Examples.Count: > 0 } command)
        {
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
                output.WriteLine($"  {program} {example}");
            output.WriteLine();
        }

        output.WriteLine("Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with skipped items.");
        return result;
    }
}

/// <summary>Turns exceptions into one sentence and an exit code.</summary>
internal static class Guarded
{
    public static int Run(Func<int> action, TextWriter errors)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (Flatten(failure) is { } known)
        {
            errors.WriteLine(known is OperationCanceledException
                ? "stopped; what was finished is kept, and the same command goes on from there"
                : $"error: {known.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {failure.Message}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>The user's error or cancellation inside an exception that parallel code may have wrapped.</summary>
    private static Exception? Flatten(Exception failure) => failure switch
    {
        UserErrorException or OperationCanceledException => failure,
        AggregateException many => many.Flatten().InnerExceptions.Select(Flatten).FirstOrDefault(inner => inner is UserErrorException)
            ?? many.Flatten().InnerExceptions.Select(Flatten).FirstOrDefault(inner => inner is not null),
        _ => null,
    };
}
