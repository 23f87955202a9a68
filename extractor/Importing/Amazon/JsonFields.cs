using System.Globalization;
using System.Text.Json;

namespace UniM2Rec.Extractor.Importing.Amazon;

/// <summary>Reads values that the three releases write under different names and in different forms.</summary>
internal static class JsonFields
{
    /// <summary>The text under the first of some names that has one; "" where none has.</summary>
    public static string Text(JsonElement row, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
                return text;
        }

        return "";
    }

    /// <summary>The number under a name, also where it is written as a text.</summary>
    public static bool TryNumber(JsonElement row, string name, out double number)
    {
        number = 0;
        return row.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out number),
            JsonValueKind.String => double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number),
            _ => false,
        };
    }

    /// <summary>All texts under a name, out of lists of any depth, each once.</summary>
    public static IEnumerable<string> Texts(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? Flatten(value).Distinct(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Flatten(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Flatten),
        _ => [],
    };
}
