using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace UniM2Rec.CommandLine;

/// <summary>Options that take one of some names, written as configuration files have them (word-piece) or as one word, whatever the case.</summary>
public static class NameOption
{
    /// <summary>One name, or none.</summary>
    public static Option<T?> Optional<T>(string name, string description)
        where T : struct, Enum => new(name) { Description = description, HelpName = name.TrimStart('-'), CustomParser = result => Parse<T>(result) };

    /// <summary>One name.</summary>
    public static Option<T> WithDefault<T>(string name, string description, T standard)
        where T : struct, Enum => new(name) { Description = description, HelpName = name.TrimStart('-'), CustomParser = result => Parse<T>(result) ?? standard, DefaultValueFactory = _ => standard };

    private static T? Parse<T>(ArgumentResult result)
        where T : struct, Enum
    {
        string text = result.Tokens[0].Value;
        foreach (var value in Enum.GetValues<T>())
        {
            if (text.Replace("-", "", StringComparison.Ordinal).Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) return value;
        }

        string[] known = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} is '{Diagnostics.Excerpt.Of(text)}', but {string.Join(", ", known[..^1])} or {known[^1]} was expected{NearestName.Suggestion(text, known)}");
        return null;
    }
}
