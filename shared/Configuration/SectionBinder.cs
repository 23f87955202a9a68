using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace UniM2Rec.Configuration;

/// <summary>Overlays a section object with a JSON object.</summary>
/// <param name="origin">where the JSON comes from, as messages name it: "config file 'x'" or "--set 'a=b'"</param>
/// <param name="renamed">present keys by former ones, from the root</param>
internal sealed class SectionBinder(string origin, IReadOnlyDictionary<string, string> renamed)
{
    private readonly ValueConverter _values = new(origin);
    private readonly NullabilityInfoContext _nullability = new();

    public void Bind(object section, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            ConfigErrors.WrongValue(path.Length == 0 ? "(the whole)" : path, ValueConverter.Show(json), "an object with keys", origin);
        var properties = ConfigKeys.Of(section.GetType()).ToDictionary(ConfigKeys.NameOf);
        var seen = new HashSet<string>();
        foreach (var entry in json.EnumerateObject())
        {
            string key = ConfigKeys.Join(path, entry.Name);
            if (renamed.TryGetValue(key, out string? present))
                ConfigErrors.RenamedKey(key, present, origin);
            if (!properties.TryGetValue(entry.Name, out var property))
                ConfigErrors.UnknownKey(entry.Name, key, [.. properties.Keys], origin);
            if (!seen.Add(entry.Name))
                ConfigErrors.DuplicateKey(key, origin);
            BindProperty(section, property, entry.Value, key);
        }
    }

    private void BindProperty(object section, PropertyInfo property, JsonElement json, string path)
    {
        var type = property.PropertyType;
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (_nullability.Create(property).WriteState != NullabilityState.Nullable)
                ConfigErrors.WrongValue(path, "null", _values.Expected(type), origin);
            property.SetValue(section, null);
        }
        else if (ConfigKeys.DictionaryValueOf(type) is { } valueType)
        {
            property.SetValue(section, BindDictionary(property.GetValue(section), valueType, json, path));
        }
        else if (ConfigKeys.IsSection(type))
        {
            object nested = property.GetValue(section) ?? Activator.CreateInstance(type)!;
            Bind(nested, json, path);
            property.SetValue(section, nested);
        }
        else
        {
            property.SetValue(section, ConvertValue(json, type, path));
        }
    }

    private object ConvertValue(JsonElement json, Type type, string path)
    {
        if (ConfigKeys.ElementOf(type) is { } elementType)
            return BindList(json, type, elementType, path);
        if (!ConfigKeys.IsSection(type))
            return _values.Convert(json, type, path);
        object section = Activator.CreateInstance(type)!;
        Bind(section, json, path);
        return section;
    }

    private object BindList(JsonElement json, Type type, Type elementType, string path)
    {
        if (json.ValueKind != JsonValueKind.Array)
            ConfigErrors.WrongValue(path, ValueConverter.Show(json), _values.Expected(type), origin);
        var elements = Array.CreateInstance(elementType, json.GetArrayLength());
        int index = 0;
        foreach (var element in json.EnumerateArray())
        {
            elements.SetValue(ConvertValue(element, elementType, $"{path}[{index}]"), index);
            index++;
        }
        bool needsList = !type.IsAssignableFrom(elements.GetType());
        return needsList ? Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType), elements)! : elements;
    }

    // Keys given are added to or replace those of the default; the default's own object is not touched.
    private object BindDictionary(object? defaults, Type valueType, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            ConfigErrors.WrongValue(path, ValueConverter.Show(json), "an object with keys", origin);
        var merged = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        if (defaults is System.Collections.IDictionary entries)
        {
            foreach (System.Collections.DictionaryEntry entry in entries)
                merged[entry.Key] = entry.Value;
        }
        foreach (var entry in json.EnumerateObject())
            merged[entry.Name] = ConvertValue(entry.Value, valueType, ConfigKeys.Join(path, entry.Name));
        return merged;
    }
}

/// <summary>The keys of a section's type.</summary>
internal static class ConfigKeys
{
    public static IEnumerable<PropertyInfo> Of(Type section) =>
        section.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property is { CanRead: true, SetMethod.IsPublic: true } && property.GetIndexParameters().Length == 0);

    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    public static string Join(string section, string key) => section.Length == 0 ? key : $"{section}.{key}";

    /// <summary>Whether values of the type are sections, that is objects with keys of their own.</summary>
    public static bool IsSection(Type type) =>
        type != typeof(string) && !type.IsPrimitive && !type.IsEnum && type != typeof(decimal)
        && Nullable.GetUnderlyingType(type) is null && !typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>Type of a list's elements, or null when the type is no list.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) || definition == typeof(IList<>) || definition == typeof(IReadOnlyList<>)
            || definition == typeof(IEnumerable<>) || definition == typeof(IReadOnlyCollection<>)
            ? type.GetGenericArguments()[0]
            : null;
    }

    /// <summary>Type of a dictionary's values, or null when the type is no dictionary with string keys.</summary>
    public static Type? DictionaryValueOf(Type type)
    {
        if (!type.IsGenericType || type.GetGenericArguments() is not [{ } key, { } value] || key != typeof(string))
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>)
            ? value
            : null;
    }
}
