using System.Reflection;
using System.Text.Json;

namespace UniM2Rec.Configuration;

/// <summary>Overlays a section object with a JSON object.</summary>
/// <param name="origin">where the JSON comes from, as messages name it: "config file 'x'" or "--set 'a=b'"</param>
internal sealed class SectionBinder(string origin)
{
    private readonly ValueConverter values = new(origin);
    private readonly NullabilityInfoContext nullability = new();

    public void Bind(object section, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            ConfigErrors.WrongValue(path.Length == 0 ? "(the whole)" : path, ValueConverter.Show(json), "an object with keys", origin);
        var properties = ConfigKeys.Of(section.GetType()).ToDictionary(ConfigKeys.NameOf);
        var seen = new HashSet<string>();
        foreach (JsonProperty entry in json.EnumerateObject())
        {
            string key = ConfigKeys.Join(path, entry.Name);
            if (!properties.TryGetValue(entry.Name, out PropertyInfo? property))
                ConfigErrors.UnknownKey(entry.Name, key, [.. properties.Keys], origin);
            if (!seen.Add(entry.Name))
                ConfigErrors.DuplicateKey(key, origin);
            BindProperty(section, property, entry.Value, key);
        }
    }

    private void BindProperty(object section, PropertyInfo property, JsonElement json, string path)
    {
        Type type = property.PropertyType;
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (nullability.Create(property).WriteState != NullabilityState.Nullable)
                ConfigErrors.WrongValue(path, "null", values.Expected(type), origin);
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
            return values.Convert(json, type, path);
        object section = Activator.CreateInstance(type)!;
        Bind(section, json, path);
        return section;
    }

    private object BindList(JsonElement json, Type type, Type elementType, string path)
    {
        if (json.ValueKind != JsonValueKind.Array)
            ConfigErrors.WrongValue(path, ValueConverter.Show(json), values.Expected(type), origin);
        Array elements = Array.CreateInstance(elementType, json.GetArrayLength());
        int index = 0;
        foreach (JsonElement element in json.EnumerateArray())
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
        foreach (JsonProperty entry in json.EnumerateObject())
            merged[entry.Name] = ConvertValue(entry.Value, valueType, ConfigKeys.Join(path, entry.Name));
        return merged;
    }
}
