using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UniM2Rec.Configuration;

/// <summary>
/// Configurations: a class or record with defaults, overlaid by a JSON file (comments and trailing commas allowed) and then by
/// <c>--set key.subkey=value</c> overrides. Keys are the camelCase names of the properties, enum values are kebab-case.
/// </summary>
public static class JsonConfig
{
    private static readonly JsonDocumentOptions Reading =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonSerializerOptions Writing = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = null,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Loads a configuration and checks it.</summary>
    /// <typeparam name="T">class or record whose settable public properties are the keys</typeparam>
    /// <param name="path">JSON file, or null for the defaults alone</param>
    /// <param name="overrides">texts "a.b=c", applied in order; a list's value may be a JSON array or "x,y,z"</param>
    /// <param name="defaults">what the file and the overrides are laid over, changed in place; <c>new T()</c> if not given</param>
    /// <exception cref="UserErrorException">
    /// the file is missing or not JSON; a key is unknown; a value has the wrong type; an <see cref="IValidatable"/> section has problems
    /// </exception>
    public static T Load<T>(string? path, IReadOnlyList<string> overrides, T? defaults = default)
        where T : new()
    {
        object config = defaults is null ? new T() : defaults;
        if (path is not null)
        {
            using var document = ReadFile(path);
            new SectionBinder($"config file '{path}'", FormerKeys.Of(typeof(T))).Bind(config, document.RootElement, "");
        }
        foreach (string text in overrides)
            Override.Parse(text).ApplyTo(config);
        return Checked((T)config);
    }

    /// <summary>Loads what <see cref="Serialize"/> wrote, by this version or one that called some keys otherwise (<see cref="FormerKeyAttribute"/>).</summary>
    /// <exception cref="UserErrorException">as <see cref="Load"/></exception>
    public static T LoadKept<T>(string path)
        where T : new()
    {
        var config = new T();
        using var document = ReadFile(path);
        var content = FormerKeys.Replace(document.RootElement, typeof(T));
        new SectionBinder($"config file '{path}'", FormerKeys.Of(typeof(T))).Bind(config, content, "");
        return Checked(config);
    }

    /// <summary>Reads what <see cref="Serialize"/> gave to another process of this version.</summary>
    /// <exception cref="UserErrorException">as <see cref="Load"/></exception>
    public static T Parse<T>(string text)
        where T : new()
    {
        var config = new T();
        using var document = JsonDocument.Parse(text, Reading);
        new SectionBinder("configuration of the first process", FormerKeys.Of(typeof(T))).Bind(config, document.RootElement, "");
        return Checked(config);
    }

    /// <summary>The resolved configuration as indented JSON that <see cref="Load"/> reads back to the same values.</summary>
    public static string Serialize<T>(T value) => JsonSerializer.Serialize(value, Writing) + "\n";

    private static T Checked<T>(T config)
    {
        string[] problems = [.. SectionProblems.Of(config!, "")];
        if (problems.Length > 0)
            ConfigErrors.Invalid(problems);
        return config;
    }

    private static JsonDocument ReadFile(string path)
    {
        try
        {
            return JsonFile.Read(path, "a JSON config file", Reading);
        }
        catch (JsonException failure)
        {
            ConfigErrors.NotJson(path, failure);
            return null;
        }
    }
}

/// <summary>A configuration section that can tell what is wrong with its values.</summary>
public interface IValidatable
{
    /// <summary>One clause a problem, e.g. "batchSize is 0; expected at least 1"; empty when all is well.</summary>
    IEnumerable<string> Problems();
}
