using System.Globalization;
using System.Text.Json;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Reads values that the releases of a data set write under different names and in different forms.</summary>
internal static class JsonFields
{
    /// <summary>The text or number under the first of some names that has one; "" where none has.</summary>
    public static string Text(JsonElement row, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (row.TryGetProperty(name, out var value) && Scalar(value) is { Length: > 0 } text)
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

    /// <summary>Whether there is no value under a name: no field, null, or an empty text.</summary>
    public static bool IsAbsent(JsonElement row, string name) =>
        !row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString()!.Trim().Length == 0);

    /// <summary>All texts under a name, out of lists of any depth, each once.</summary>
    public static IEnumerable<string> Texts(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? Flatten(value).Distinct(StringComparer.Ordinal) : [];

    /// <summary>A line as an object; a Python dictionary is one too, and so is JSON with the NaN that Python writes into it. Null for anything else.</summary>
    public static JsonDocument? Parse(string line) =>
        PythonLiteral.IsLiteral(line) ? TryParse(PythonLiteral.ToJson(line))
        : TryParse(line) ?? (line.Contains("NaN", StringComparison.Ordinal) || line.Contains("Infinity", StringComparison.Ordinal) ? TryParse(PythonLiteral.ToJson(line)) : null);

    private static JsonDocument? TryParse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
        }

        return null;
    }

    private static IEnumerable<string> Flatten(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Flatten),
        _ => Scalar(value) is { } text ? [text] : [],
    };

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        // 12 and 12.0 are one id.
        JsonValueKind.Number => value.TryGetDecimal(out decimal number) && decimal.Truncate(number) == number ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture) : value.GetRawText(),
        _ => null,
    };
}
