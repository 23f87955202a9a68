using System.CommandLine;
using UniM2Rec.CommandLine;

namespace UniM2Rec.Tests.Testing;

/// <summary>Every option of every verb, given in ways that nobody means.</summary>
internal static class OddCommandLines
{
    /// <summary>Parses each, which must be taken or be refused in a sentence; nothing is run.</summary>
    /// <returns>How many were refused.</returns>
    public static int ParseAll(string program, RootCommand root)
    {
        int refused = 0;
        foreach (string[] line in Verbs(root, []).SelectMany(Lines))
        {
            string shown = string.Join(' ', line);
            try
            {
                var parsed = root.Parse(line);
                if (parsed.Errors.Count == 0)
                    continue;
                refused++;
                string sentence = UsageError.Describe(program, parsed);
                Assert.True(sentence.Length is > 20 and < 600 && !sentence.Contains('\n') && sentence.EndsWith('.'), $"{shown}: {sentence}");
            }
            catch (Exception other) when (other is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"{shown}: {other}");
            }
        }

        return refused;
    }

    private static IEnumerable<(string[] Path, Command Verb)> Verbs(Command command, string[] path) =>
        command.Subcommands.SelectMany(verb => Verbs(verb, [.. path, verb.Name]).Prepend(([.. path, verb.Name], verb)));

    private static IEnumerable<string[]> Lines((string[] Path, Command Verb) verb)
    {
        yield return verb.Path;
        foreach (string option in verb.Verb.Options.Select(option => option.Name))
        {
            yield return [.. verb.Path, option];
            yield return [.. verb.Path, option, ""];
            yield return [.. verb.Path, option, "x", option, "y"];
            yield return [.. verb.Path, option, "1", "2"];
            yield return [.. verb.Path, option, option];
            yield return [.. verb.Path, option + "="];
            yield return [.. verb.Path, option, "a\0b"];
        }
    }
}
