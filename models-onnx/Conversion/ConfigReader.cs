using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace UniM2Rec.Models.Conversion;

/// <summary>A JSON file of a Hugging Face folder, read key by key with errors that name file, key and value.</summary>
internal sealed class ConfigReader
{
    private readonly string _path;
    private readonly string _section;
    private readonly JsonElement _json;

    private ConfigReader(string path, string section, JsonElement json) => (_path, _section, _json) = (path, section, json);

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is missing or no JSON object.</exception>
    public static ConfigReader Open(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"'{Path.GetDirectoryName(path)}' holds no {Path.GetFileName(path)}; download it from the model's page into that folder.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return new ConfigReader(path, "", document.RootElement.Clone());
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{path} is not readable JSON (line {broken.LineNumber + 1}); download it again.", broken);
        }

        throw new UserErrorException($"{path} is not a JSON object; download it again.");
    }

    /// <summary>Reads a file if it is there.</summary>
    public static ConfigReader? OpenIfThere(string path) => File.Exists(path) ? Open(path) : null;

    /// <summary>Whether a key has a value other than null.</summary>
    public bool Has(string key) => _json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A part of the file.</summary>
    public ConfigReader Section(string key)
    {
        var value = Required(key);
        return value.ValueKind == JsonValueKind.Object ? new ConfigReader(_path, _section + key + ".", value) : throw Wrong(key, "an object");
    }

    /// <summary>The raw value of a key.</summary>
    public JsonElement Raw(string key) => Required(key);

    /// <summary>A whole number above 0; without a default the key must be there.</summary>
    public int Count(string key, int? missing = null)
    {
        if (!Has(key) && missing is { } value)
            return value;
        return Required(key) is { ValueKind: JsonValueKind.Number } json && json.TryGetInt32(out int number) && number > 0
            ? number
            : throw Wrong(key, "a whole number above 0");
    }

    /// <summary>A number; without a default the key must be there.</summary>
    public double Number(string key, double? missing = null)
    {
        if (!Has(key) && missing is { } value)
            return value;
        return Required(key) is { ValueKind: JsonValueKind.Number } json ? json.GetDouble() : throw Wrong(key, "a number");
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool missing)
    {
        if (!Has(key))
            return missing;
        var json = Required(key);
        return json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Wrong(key, "true or false");
    }

    /// <summary>A text; without a default the key must be there.</summary>
    public string Text(string key, string? missing = null)
    {
        if (!Has(key) && missing is not null)
            return missing;
        return Required(key) is { ValueKind: JsonValueKind.String } json ? json.GetString()! : throw Wrong(key, "a text");
    }

    /// <summary>A list of numbers.</summary>
    public float[] Numbers(string key)
    {
        var json = Required(key);
        return json.ValueKind == JsonValueKind.Array && json.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number)
            ? [.. json.EnumerateArray().Select(e => e.GetSingle())]
            : throw Wrong(key, "a list of numbers");
    }

    /// <summary>Refuses a value that would make another model than the one built here.</summary>
    [DoesNotReturn]
    public void Refuse(string key, string supported) =>
        throw new UserErrorException($"{_path}: {_section}{key} is {Required(key).GetRawText()}, which is not supported; {supported}.");

    private JsonElement Required(string key) => _json.TryGetProperty(key, out var value)
        ? value
        : throw new UserErrorException($"{_path} has no '{_section}{key}'; it is needed to build the model.");

    private UserErrorException Wrong(string key, string expected) =>
        new($"{_path}: {_section}{key} is {Required(key).GetRawText()}; {expected} is needed.");
}
