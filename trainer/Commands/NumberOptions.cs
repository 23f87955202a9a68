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

/// <summary>Options that take numbers with a decimal point, and say so when they get something else.</summary>
internal static class DecimalNumber
{
    /// <summary>One number or several.</summary>
    public static Option<double[]> Several(string name, string description, double standard) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => result.Tokens.Select(t => Parse(result, t.Value)).ToArray(),
        DefaultValueFactory = _ => [standard],
    };

    /// <summary>One number.</summary>
    public static Option<double> WithDefault(string name, string description, double standard) =>
        new(name) { Description = description, CustomParser = result => Parse(result, result.Tokens[0].Value), DefaultValueFactory = _ => standard };

    private static double Parse(ArgumentResult result, string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) return number;
        result.AddError($"'{text}' was given where a number such as 0.5 is needed");
        return 0;
    }
}
