using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace UniM2Rec.CommandLine;

/// <summary>Options that take whole numbers, and say so when they get something else.</summary>
public static class WholeNumber
{
    /// <summary>An option that may be left out.</summary>
    public static Option<int?> Optional(string name, string description) => new(name) { Description = description, CustomParser = result => Parse(result) };

    /// <summary>An option with a default, and with bounds where they are given.</summary>
    public static Option<int> WithDefault(string name, string description, int standard, int least = int.MinValue, int most = int.MaxValue) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, least, most) ?? standard,
        DefaultValueFactory = _ => standard,
    };

    /// <summary>Several numbers, apart by commas or by spaces; none where it is left out.</summary>
    public static Option<int[]> List(string name, string description) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.SelectMany(t => ListOption.Split(t.Value)).Select(t => Parse(result, t) ?? 0)],
    };

    private static int? Parse(ArgumentResult result, int least = int.MinValue, int most = int.MaxValue) => Parse(result, result.Tokens[0].Value, least, most);

    private static int? Parse(ArgumentResult result, string text, int least = int.MinValue, int most = int.MaxValue)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            result.AddError($"'{text}' was given where a whole number is needed");
            return null;
        }

        if (number < least || number > most) result.AddError(NumberText.OutOfBounds(result, number, least, most));
        return number;
    }
}

/// <summary>Options that take numbers with a decimal point, and say so when they get something else.</summary>
public static class DecimalNumber
{
    /// <summary>One number or several.</summary>
    public static Option<double[]> Several(string name, string description, double standard) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => result.Tokens.SelectMany(t => ListOption.Split(t.Value)).Select(t => Parse(result, t)).ToArray(),
        DefaultValueFactory = _ => [standard],
    };

    /// <summary>Several numbers, apart by commas or by spaces; none where it is left out.</summary>
    public static Option<double[]> List(string name, string description) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.SelectMany(t => ListOption.Split(t.Value)).Select(t => Parse(result, t))],
    };

    /// <summary>One number, within bounds where they are given.</summary>
    public static Option<double> WithDefault(string name, string description, double standard, double least = double.MinValue, double most = double.MaxValue) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, result.Tokens[0].Value, least, most),
        DefaultValueFactory = _ => standard,
    };

    /// <summary>One number from 0 to 1.</summary>
    public static Option<double> Share(string name, string description, double standard) => WithDefault(name, description, standard, 0, 1);

    private static double Parse(ArgumentResult result, string text, double least = double.MinValue, double most = double.MaxValue)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            result.AddError($"'{text}' was given where a number such as 0.5 is needed");
        else if (number < least || number > most)
            result.AddError(NumberText.OutOfBounds(result, number, least, most));
        return number;
    }
}

/// <summary>Options that take several names, apart by commas or by spaces.</summary>
public static class ListOption
{
    /// <summary>An option that takes a list.</summary>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">What it is, and what it is where it is left out.</param>
    /// <param name="required">Whether it must be given.</param>
    public static Option<string[]> Create(string name, string description, bool required = false) => new(name)
    {
        Description = description,
        Required = required,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result =>
        {
            string[] names = result.Tokens.SelectMany(t => Split(t.Value)).ToArray();
            if (required && names.Length == 0) result.AddError($"{name} names nothing");
            return names;
        },
    };

    /// <summary>The parts of a text that are apart by commas.</summary>
    public static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

internal static class NumberText
{
    public static string OutOfBounds<T>(ArgumentResult result, T number, T least, T most)
        where T : IFormattable => FormattableString.Invariant($"{((OptionResult)result.Parent!).Option.Name} is {number}, but a value from {least} to {most} is needed");
}
