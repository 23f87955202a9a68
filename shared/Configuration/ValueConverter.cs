using System.Text.Json;

namespace UniM2Rec.Configuration;

/// <summary>Single values from JSON.</summary>
/// <param name="origin">where the JSON comes from, as messages name it</param>
internal sealed class ValueConverter(string origin)
{
    public object Convert(JsonElement json, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        object? value = type switch
        {
            _ when type == typeof(string) => json.ValueKind == JsonValueKind.String ? json.GetString() : null,
            _ when type == typeof(bool) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : null,
            _ when type.IsEnum => json.ValueKind == JsonValueKind.String ? FindEnum(json.GetString()!, type) : null,
            _ => ConvertNumber(json, type),
        };
        if (value is null)
        {
            string near = type.IsEnum && json.ValueKind == JsonValueKind.String ? NearestName.Suggestion(json.GetString()!, EnumNames(type)) : "";
            ConfigErrors.WrongValue(path, Show(json), Expected(type) + near, origin);
        }
        return value;
    }

    /// <summary>What a value of the type looks like.</summary>
    public string Expected(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        string or = plain == type ? "" : " or null";
        if (ConfigKeys.ElementOf(plain) is { } element)
            return $"a list of values, each {Expected(element)}";
        return or.Length > 0 ? Name(plain) + or : Name(plain);

        static string Name(Type type) =>
            type == typeof(string) ? "a text in quotes"
            : type == typeof(bool) ? "true or false"
            : type.IsEnum ? "one of " + string.Join(", ", EnumNames(type))
            : type == typeof(float) || type == typeof(double) || type == typeof(decimal) ? "a number"
            : type == typeof(int) ? "a whole number between -2147483648 and 2147483647"
            : type.IsPrimitive ? "a whole number"
            : "an object with keys";
    }

    /// <summary>A value as messages show it, shortened.</summary>
    public static string Show(JsonElement json)
    {
        string text = json.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    private static object? ConvertNumber(JsonElement json, Type type)
    {
        if (json.ValueKind != JsonValueKind.Number)
            return null;
        if (type == typeof(int))
            return json.TryGetInt32(out int number) ? number : null;
        if (type == typeof(long))
            return json.TryGetInt64(out long number) ? number : null;
        if (type == typeof(ulong))
            return json.TryGetUInt64(out ulong number) ? number : null;
        if (type == typeof(float))
            return json.TryGetSingle(out float number) && float.IsFinite(number) ? number : null;
        if (type == typeof(double))
            return json.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;
        throw new NotSupportedException($"configuration values of type {type} have no JSON form here");
    }

    // Hyphens, underscores and case don't count, so kebab-case, camelCase and the C# name all work.
    private static object? FindEnum(string text, Type type)
    {
        string plain = Plain(text);
        foreach (string name in Enum.GetNames(type))
        {
            if (Plain(name).Equals(plain, StringComparison.OrdinalIgnoreCase))
                return Enum.Parse(type, name);
        }
        return null;

        static string Plain(string name) => name.Replace("-", "").Replace("_", "");
    }

    private static IEnumerable<string> EnumNames(Type type) => Enum.GetNames(type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName);
}
