using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace UniM2Rec.Trainer.Commands;

/// <summary>Options that take a whole number, and say so when they get something else.</summary>
internal static class WholeNumber
{
    /// <summary>An option that may be left out.</summary>
    public static Option<int?> Optional(string name, string description) => new(name) { Description = description, CustomParser = Parse };

    /// <summary>An option with a default.</summary>
    public static Option<int> WithDefault(string name, string description, int standard) =>
        new(name) { Description = description, CustomParser = result => Parse(result) ?? standard, DefaultValueFactory = _ => standard };

    private static int? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)) return number;
        result.AddError($"'{text}' was given where a whole number is needed");
        return null;
    }
}
