using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace UniM2Rec.Models.Conversion;

/// <summary>
/// A JSON file of a Hugging Face folder, read key by key with errors that name file, key and value. It remembers which keys were asked for, so that
/// those that nobody has looked at are refused in the end (<see cref="RefuseOthers"/>) and none passes for its default.
/// </summary>
internal sealed class ConfigReader
{
    private const int LargestCount = 1 << 24;
    private readonly string _path;
    private readonly string _section;
    private readonly JsonElement _json;
    private readonly HashSet<string> _asked = [];

    private ConfigReader(string path, string section, JsonElement json) => (_path, _section, _json) = (path, section, json);

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is missing or no JSON object.</exception>
    public static ConfigReader Open(string path) => OpenAny(path) is { ValueKind: JsonValueKind.Object } json
        ? new ConfigReader(path, "", json)
        : throw new UserErrorException($"{path} is not a JSON object; download it again.");

    /// <summary>Reads a file that holds a list of objects.</summary>
    /// <exception cref="UserErrorException">It is missing or holds something else.</exception>
    public static ConfigReader[] OpenList(string path) => OpenAny(path) is { ValueKind: JsonValueKind.Array } json && json.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object)
        ? [.. json.EnumerateArray().Select((element, i) => new ConfigReader(path, $"[{i}].", element))]
        : throw new UserErrorException($"{path} is not a JSON list of objects; download it again.");

    private static JsonElement OpenAny(string path)
    {
        RegularFile.Require(path);
        if (!File.Exists(path))
            throw new UserErrorException($"'{Path.GetDirectoryName(path)}' holds no {Path.GetFileName(path)}; download it from the model's page into that folder.");
        try
        {
            using var document = JsonFile.Read(path, "a JSON file of a model");
            return document.RootElement.Clone();
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{path} is not readable JSON (line {broken.LineNumber + 1}); download it again.", broken);
        }
    }

    /// <summary>Reads a file if it is there.</summary>
    public static ConfigReader? OpenIfThere(string path) => File.Exists(path) ? Open(path) : null;

    /// <summary>Whether a key has a value other than null.</summary>
    public bool Has(string key)
    {
        _asked.Add(key);
        return _json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>The keys that have a value other than null, in the order of the file.</summary>
    public IEnumerable<string> Keys => _json.EnumerateObject().Where(entry => entry.Value.ValueKind != JsonValueKind.Null).Select(entry => entry.Name);

    /// <summary>All entries with their values; a list of many is looked through once, where looking each one up would take its square.</summary>
    public IEnumerable<(string Key, JsonElement Value)> Entries => _json.EnumerateObject().Select(entry => (entry.Name, entry.Value));

    /// <summary>Refuses every key that was not asked for: whether it changes the vectors can't be told.</summary>
    /// <param name="harmless">Keys that are known to change nothing; null, and an empty list, object or text, change nothing either.</param>
    /// <exception cref="UserErrorException">There is another one.</exception>
    public void RefuseOthers(IReadOnlySet<string> harmless)
    {
        foreach (var entry in _json.EnumerateObject())
        {
            if (_asked.Contains(entry.Name) || harmless.Contains(entry.Name) || IsNothing(entry.Value))
                continue;
            throw new UserErrorException(
                $"{_path}: {_section}{Excerpt.Of(entry.Name, 60)} is {Excerpt.Of(entry.Value.GetRawText(), 60)}, which is not known here and may change the vectors; if it does not, take it out of the file and convert again.");
        }
    }

    private static bool IsNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.String => value.ValueEquals(""),
        _ => false,
    };

    /// <summary>Refuses any value of a flag but one, which is the default too.</summary>
    public void RequireFlag(string key, bool needed, string why)
    {
        if (Flag(key, needed) != needed)
            Refuse(key, why);
    }

    /// <summary>Refuses any text but some; where the key is missing, one of them is meant.</summary>
    public void RequireText(string key, params string[] allowed)
    {
        if (Has(key) && !allowed.Contains(Text(key)))
            Refuse(key, $"{string.Join(" or ", allowed)} is supported");
    }

    /// <summary>A part of the file.</summary>
    public ConfigReader Section(string key)
    {
        var value = Required(key);
        return value.ValueKind == JsonValueKind.Object ? new ConfigReader(_path, _section + key + ".", value) : throw Wrong(key, "an object");
    }

    /// <summary>The objects of a list.</summary>
    public ConfigReader[] Sections(string key)
    {
        var value = Required(key);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object)
            ? [.. value.EnumerateArray().Select((element, i) => new ConfigReader(_path, $"{_section}{key}[{i}].", element))]
            : throw Wrong(key, "a list of objects");
    }

    /// <summary>A token: a text, or an object with the text as its content.</summary>
    public string TokenText(string key) => Required(key).ValueKind == JsonValueKind.Object ? Section(key).Text("content") : Text(key);

    /// <summary>A text, or a list of one.</summary>
    public string OneText(string key) =>
        Required(key) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1 && list[0].ValueKind == JsonValueKind.String ? list[0].GetString()! : Text(key);

    /// <summary>The raw value of a key.</summary>
    public JsonElement Raw(string key) => Required(key);

    /// <summary>A whole number from 1 to 16,777,216; without a default the key must be there.</summary>
    public int Count(string key, int? missing = null)
    {
        if (!Has(key) && missing is { } value)
            return value;
        return Required(key) is { ValueKind: JsonValueKind.Number } json && json.TryGetInt32(out int number) && number is > 0 and <= LargestCount
            ? number
            : throw Wrong(key, $"a whole number from 1 to {LargestCount:N0}");
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
        throw new UserErrorException($"{_path}: {_section}{key} is {Excerpt.Of(Required(key).GetRawText(), 100)}, which is not supported; {supported}.");

    /// <summary>Refuses what several keys say together.</summary>
    [DoesNotReturn]
    public void RefuseAll(string found, string supported) => throw new UserErrorException($"{_path} {found}; {supported}.");

    /// <summary>Refuses a value that another file contradicts.</summary>
    [DoesNotReturn]
    public void Disagree(string key, bool value, string other) =>
        throw new UserErrorException($"{_path}: {_section}{key} {(Has(key) ? "is" : "means")} {(value ? "true" : "false")}, but {other}; make both files agree with how the model was trained.");

    private JsonElement Required(string key)
    {
        _asked.Add(key);
        return _json.TryGetProperty(key, out var value) ? value : throw new UserErrorException($"{_path} has no '{_section}{key}'; it is needed to build the model.");
    }

    private UserErrorException Wrong(string key, string expected) =>
        new($"{_path}: {_section}{key} is {Excerpt.Of(Required(key).GetRawText(), 100)}; {expected} is needed.");
}
