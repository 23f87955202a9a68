using System.Globalization;
using System.Text.RegularExpressions;

namespace UniM2Rec.Tests;

/// <summary>README.md's files and commands.</summary>
internal static partial class Readme
{
    /// <summary>A line that begins with "$ ", and what README says it prints.</summary>
    /// <param name="Text">The line without "$ ".</param>
    /// <param name="Output">The lines up to the next command.</param>
    public sealed record Command(string Text, string[] Output)
    {
        public string[] Words { get; } = Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static readonly string Text = File.ReadAllText(Path.Combine(DocumentedCode.Root, "README.md"));

    /// <summary>The commands with their output, in order.</summary>
    public static IReadOnlyList<Command> Commands { get; } =
        [.. Blocks().Matches(Text).Select(block => block.Groups["body"].Value).Where(body => body.StartsWith("$ ", StringComparison.Ordinal)).SelectMany(CommandsOf)];

    /// <summary>Every line of README's that calls a program, in any block.</summary>
    public static IReadOnlyList<string> Calls { get; } = [.. ProgramCalls().Matches(Text).Select(call => call.Groups["call"].Value)];

    /// <summary>The files that are named above a block, and their contents.</summary>
    public static IEnumerable<(string Name, string Content)> Files =>
        NamedFiles().Matches(Text).Select(file => (file.Groups["name"].Value, file.Groups["body"].Value));

    /// <summary>
    /// Whether a printed line is what README says: "..." stands for anything up to the line's end, decimals may differ by 5% (another
    /// processor adds in another order), sizes of memory by any amount; runs of blanks and of dashes are one.
    /// </summary>
    public static bool Says(string documented, string printed)
    {
        string[] expected = Words(documented), actual = Words(printed);
        int open = Array.IndexOf(expected, "...");
        if (open < 0 ? expected.Length != actual.Length : actual.Length < open)
            return false;
        return expected.Take(open < 0 ? expected.Length : open).Select((word, i) => i + 1 < expected.Length && expected[i + 1].StartsWith("MiB", StringComparison.Ordinal)
            ? char.IsDigit(actual[i][0])
            : Same(word, actual[i])).All(same => same);
    }

    private static bool Same(string expected, string actual)
    {
        if (expected == actual)
            return true;
        var (e, a) = (Number().Match(expected), Number().Match(actual));
        if (!e.Success || !a.Success || Number().Replace(expected, "") != Number().Replace(actual, ""))
            return false;
        return Number().Matches(expected).Zip(Number().Matches(actual)).All(pair => pair.First.Value == pair.Second.Value
            || (pair.First.Value.Contains('.') && Math.Abs(Value(pair.First) - Value(pair.Second)) <= Math.Max(0.05 * Math.Abs(Value(pair.First)), 0.002)));
    }

    private static double Value(Match number) => double.Parse(number.Value, CultureInfo.InvariantCulture);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<Command> CommandsOf(string body)
    {
        foreach (string part in body.Split("$ ", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = part.TrimEnd('\n').Split('\n');
            yield return new Command(lines[0], [.. lines.Skip(1).Where(line => line.Trim() is not ("" or "..." or "│   ..."))]);
        }
    }

    [GeneratedRegex(@"^```\w*\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^`(?<name>[\w/.]+)`[^\n]*\n```\w+\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex NamedFiles();

    [GeneratedRegex(@"^(\$ )?(?<call>unim2rec-(extract|train|serve) [^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex ProgramCalls();

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();
}
