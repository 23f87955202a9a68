using System.CommandLine;
using System.CommandLine.Parsing;

namespace UniM2Rec.CommandLine;

/// <summary>What is wrong with a command line, in one sentence.</summary>
public static class UsageError
{
    /// <param name="program">The program's name.</param>
    /// <param name="parsed">A command line with errors; of several, the one that explains the most is told.</param>
    public static string Describe(string program, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string name = Name(program, command);
        return $"{Reason(parsed, command, name)}; see '{name} --help'.";
    }

    /// <summary>What is wrong with a command line that has no errors for the parser, as an option that is not known went as a value to the one before it; null for nothing.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">What it was parsed from; a value that is meant to look like an option is given with =.</param>
    public static string? DescribeTaken(string program, ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        string? taken = parsed.CommandResult.Children.OfType<OptionResult>().SelectMany(option => option.Tokens).Select(token => token.Value)
            .FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal) && arguments.Contains(value));
        if (taken is null) return null;
        string name = Name(program, command);
        return $"'{taken}' is no option of {name}{Hint(taken, command.Options.Select(o => o.Name))}; see '{name} --help'.";
    }

    private static string Reason(ParseResult parsed, Command command, string name)
    {
        bool choosesVerb = command.Subcommands.Count > 0;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            if (unknown.StartsWith('-')) return $"'{unknown}' is no option of {name}{Hint(unknown, command.Options.Select(o => o.Name))}";
            return choosesVerb
                ? $"'{unknown}' is no verb of {name}{Hint(unknown, command.Subcommands.Select(c => c.Name))}"
                : $"'{unknown}' was given to {name} where no more was expected";
        }

        return choosesVerb ? $"No verb of {name} was given" : parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
    }

    private static string Name(string program, Command command) =>
        command is RootCommand ? program : $"{Name(program, command.Parents.OfType<Command>().First())} {command.Name}";

    private static string Hint(string unknown, IEnumerable<string> known) => NearestName.Find(unknown, known.ToList()) is { } near ? $", did you mean '{near}'" : "";
}
