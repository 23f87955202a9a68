using System.CommandLine;

namespace UniM2Rec.Trainer.Commands;

/// <summary>What is wrong with a command line, in one sentence.</summary>
internal static class UsageError
{
    private const string Program = "unim2rec-train";

    /// <param name="parsed">A command line with errors; of several, the one that explains the most is told.</param>
    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        bool isVerb = command is not RootCommand;
        string name = isVerb ? $"{Program} {command.Name}" : Program;
        return $"{Reason(parsed, command, isVerb, name)}; see '{name} --help'.";
    }

    private static string Reason(ParseResult parsed, Command command, bool isVerb, string name)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            if (!isVerb) return $"'{unknown}' is no verb of {name}{Hint(unknown, command.Subcommands.Select(c => c.Name))}";
            return unknown.StartsWith('-')
                ? $"'{unknown}' is no option of {name}{Hint(unknown, command.Options.Select(o => o.Name))}"
                : $"'{unknown}' was given to {name} where no more was expected";
        }

        return isVerb ? parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.', ' ') : "No verb was given";
    }

    private static string Hint(string unknown, IEnumerable<string> known) => NearestName.Find(unknown, known.ToList()) is { } near ? $", did you mean '{near}'" : "";
}
