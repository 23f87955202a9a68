using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UniM2Rec.Configuration;

/// <summary>
/// What a key was called before. Whoever sets the former key is told the present one; configurations that a program keeps for itself are read
/// with either.
/// </summary>
/// <param name="path">The former key from the root, such as <c>model.coOccurrence</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormerKeyAttribute(string path) : Attribute
{
    /// <summary>The former key from the root.</summary>
    public string Path { get; } = path;
}

/// <summary>The former keys of a configuration and what they are called now.</summary>
internal static class FormerKeys
{
    /// <summary>Present keys by former ones, both from the root.</summary>
    public static IReadOnlyDictionary<string, string> Of(Type root) => Find(root, "").ToDictionary();

    /// <summary>Moves what stands under former keys to the present ones, where nothing stands there yet.</summary>
    public static JsonElement Replace(JsonElement content, Type type)
    {
        var held = Of(type).Where(k => Holds(content, k.Key.Split('.'))).ToList();
        if (held.Count == 0 || JsonObject.Create(content) is not { } root) return content;
        foreach (var (former, present) in held)
        {
            string[] from = former.Split('.'), to = present.Split('.');
            if (Section(root, from, make: false) is not { } source || !source.Remove(from[^1], out var value)) continue;
            if (Section(root, to, make: true) is { } target) target.TryAdd(to[^1], value);
        }

        return JsonSerializer.SerializeToElement(root);
    }

    private static bool Holds(JsonElement section, IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (section.ValueKind != JsonValueKind.Object || !section.TryGetProperty(key, out section)) return false;
        }

        return true;
    }

    private static IEnumerable<(string Former, string Present)> Find(Type section, string path)
    {
        foreach (var property in ConfigKeys.Of(section))
        {
            string key = ConfigKeys.Join(path, ConfigKeys.NameOf(property));
            if (property.GetCustomAttribute<FormerKeyAttribute>() is { } former) yield return (former.Path, key);
            if (!ConfigKeys.IsSection(property.PropertyType)) continue;
            foreach (var below in Find(property.PropertyType, key)) yield return below;
        }
    }

    private static JsonObject? Section(JsonObject root, string[] keys, bool make)
    {
        var section = root;
        foreach (string key in keys.SkipLast(1))
        {
            if (make && !section.ContainsKey(key)) section[key] = new JsonObject();
            section = section[key] as JsonObject;
            if (section is null) return null;
        }

        return section;
    }
}
