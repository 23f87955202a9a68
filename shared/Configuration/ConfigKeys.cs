using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace UniM2Rec.Configuration;

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
        Type definition = type.GetGenericTypeDefinition();
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
        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>)
            ? value
            : null;
    }
}
