using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UniM2Rec.Configuration;

/// <summary>One <c>--set key.subkey=value</c>.</summary>
/// <param name="Text">as the user wrote it</param>
/// <param name="Keys">the keys from the root to the value</param>
/// <param name="Value">the value's text</param>
internal sealed record Override(string Text, string[] Keys, string Value)
{
    /// <exception cref="Diagnostics.UserErrorException">the text has not the form key=value</exception>
    public static Override Parse(string text)
    {
        int equals = text.IndexOf('=');
        string[] keys = equals > 0 ? text[..equals].Trim().Split('.') : [];
        if (keys.Length == 0 || keys.Any(string.IsNullOrWhiteSpace))
            ConfigErrors.NotAnOverride(text);
        return new Override(text, keys, text[(equals + 1)..].Trim());
    }

    /// <summary>Overlays the configuration; the value's text is read as the type of its key wants it.</summary>
    public void ApplyTo(object config)
    {
        var json = ValueNode(TypeOfKey(config.GetType()));
        foreach (string key in Enumerable.Reverse(Keys))
            json = new JsonObject { [key] = json };
        new SectionBinder($"--set '{Text}'", FormerKeys.Of(config.GetType())).Bind(config, JsonSerializer.SerializeToElement(json), "");
    }

    // Null when the path leads nowhere: the binder then says which key is unknown.
    private Type? TypeOfKey(Type? type)
    {
        foreach (string key in Keys)
        {
            type = type is null ? null
                : ConfigKeys.DictionaryValueOf(type)
                  ?? ConfigKeys.Of(type).FirstOrDefault(property => ConfigKeys.NameOf(property) == key)?.PropertyType;
        }
        return type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
    }

    private JsonNode? ValueNode(Type? type)
    {
        if (type == typeof(string))
            return Value == "null" ? null : TryParse(Value) is JsonValue quoted && quoted.GetValueKind() == JsonValueKind.String ? quoted : Value;
        var parsed = TryParse(Value);
        if (type is not null && ConfigKeys.ElementOf(type) is { } element && parsed is not JsonArray)
        {
            string[] parts = Value.Length == 0 ? [] : Value.Split(',', StringSplitOptions.TrimEntries);
            return new JsonArray([.. parts.Select(part => (this with { Value = part }).ValueNode(element))]);
        }
        return parsed ?? (Value == "null" ? null : Value);
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
