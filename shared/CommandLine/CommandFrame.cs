using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;

namespace UniM2Rec.CommandLine;

/// <summary>What the programs have in common: parsing, help, Ctrl-C, and what is said of a wrong command line.</summary>
public static class CommandFrame
{
    /// <summary>Shows debug lines too; an option of every verb.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show debug lines too.", Recursive = true };

    /// <summary>Makes a program of its verbs.</summary>
    /// <param name="name">As the user types it.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="verbs">In the order of the help.</param>
    public static ProgramCommand Program(string name, string description, params IEnumerable<Command> verbs)
    {
        var root = new ProgramCommand(name, description);
        foreach (var verb in verbs) root.Subcommands.Add(verb);
        root.Options.Add(Verbose);
        foreach (var option in root.Options.OfType<HelpOption>()) option.Action = new VerbHelp((HelpAction)option.Action!);
        return root;
    }

    /// <summary>Makes a program that does one thing, so that no verb is typed.</summary>
    /// <param name="only">What it does; its name is the program's.</param>
    public static RootCommand Program(Verb only)
    {
        var root = Program(only.Name, only.Description!);
        only.IsProgram = true;
        foreach (var option in only.Options) root.Options.Add(option);
        root.Only = only;
        root.Action = only.Action;
        return root;
    }

    /// <summary>Parses and runs a command line; the first Ctrl-C cancels it.</summary>
    /// <param name="root">From one of the overloads of Program.</param>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="errors">Where a wrong command line is told.</param>
    /// <returns>An exit code.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, TextWriter errors)
    {
        errors = new ErrorStream(errors);
        Console.SetError(new ErrorStream(Console.Error));
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : WithPlace(arguments));
        if (parsed.Errors.Count > 0 && parsed.Action is not VerbHelp)
        {
            errors.WriteLine($"error: {UsageError.Describe(ProgramOf(parsed), parsed)}");
            return ExitCodes.WrongUsage;
        }

        if (parsed.Action is not VerbHelp && UsageError.DescribeTaken(ProgramOf(parsed), parsed, arguments) is { } taken)
        {
            errors.WriteLine($"error: {taken}");
            return ExitCodes.WrongUsage;
        }

        // The program's own handler lets a run save first; the library's would end the process after two seconds.
        using var interruption = Interruption.Listen();
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }, interruption.Token);
        }
        catch (IOException full)
        {
            // Only what writes to the standard output outside a verb's work, such as help, comes here.
            errors.WriteLine($"error: The output can't be written ({full.Message.TrimEnd('.')}); give it another place.");
            return ExitCodes.Failed;
        }
    }

    /// <summary>What completes a command line is told where in the line it is asked, and fails where that is left out, is no number or is beyond the line: its end is meant then.</summary>
    private static string[] WithPlace(string[] arguments)
    {
        const string suggest = "[suggest";
        if (!arguments[0].StartsWith(suggest, StringComparison.Ordinal) || !arguments[0].EndsWith(']')) return arguments;
        string line = arguments.Length > 1 ? arguments[1] : "";
        int place = int.TryParse(arguments[0][suggest.Length..^1].TrimStart(':'), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? Math.Min(asked, line.Length) : line.Length;
        return [string.Create(CultureInfo.InvariantCulture, $"{suggest}:{place}]"), line, .. arguments.Skip(2)];
    }

    internal static string ProgramOf(ParseResult parsed) => ((ProgramCommand)parsed.RootCommandResult.Command).Program;
}

/// <summary>A root that knows its program's name, whatever process it runs in.</summary>
/// <param name="program">The program's name.</param>
/// <param name="description">What it is for.</param>
public sealed class ProgramCommand(string program, string description) : RootCommand(description)
{
    /// <summary>The program's name.</summary>
    public string Program => program;

    /// <summary>What it does, where that is one thing.</summary>
    internal Verb? Only { get; set; }
}
