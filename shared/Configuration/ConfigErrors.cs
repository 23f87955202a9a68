using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Configuration;

/// <summary>The messages about configurations.</summary>
internal static class ConfigErrors
{
    [DoesNotReturn]
    public static void UnknownKey(string key, string path, IReadOnlyList<string> known, string origin) => throw UserErrorException.Usage(
        $"{origin} has the unknown key '{Excerpt.Of(path)}'{NearestName.Suggestion(key, known)}; known here: {string.Join(", ", known)}.");

    [DoesNotReturn]
    public static void RenamedKey(string former, string present, string origin) => throw UserErrorException.Usage(
        $"{origin} has the key '{former}', which is called '{present}' now; set that instead.");

    [DoesNotReturn]
    public static void WrongValue(string path, string value, string expected, string origin) => throw UserErrorException.Usage(
        $"{origin} sets '{path}' to {value}; expected {expected}.");

    [DoesNotReturn]
    public static void DuplicateKey(string path, string origin) => throw UserErrorException.Usage(
        $"{origin} has the key '{Excerpt.Of(path)}' twice; expected it once: remove one.");

    [DoesNotReturn]
    public static void NotJson(string file, Exception failure) => throw new UserErrorException(
        $"config file '{file}' is not valid JSON ({failure.Message}); expected one object, comments and trailing commas allowed.", failure)
    { IsUsage = true };

    [DoesNotReturn]
    public static void NotAnOverride(string text) => throw UserErrorException.Usage(
        $"--set '{text}' has no key and value; expected the form key.subkey=value.");

    [DoesNotReturn]
    public static void Invalid(IReadOnlyList<string> problems) => throw UserErrorException.Usage(
        $"the configuration can't be used: {string.Join("; ", problems)}.");
}

/// <summary>Asks every <see cref="IValidatable"/> section of a configuration for its problems.</summary>
internal static class SectionProblems
{
    /// <summary>The problems of the section and of all below it, each after the section's path.</summary>
    public static IEnumerable<string> Of(object section, string path)
    {
        if (section is IValidatable validatable)
        {
            foreach (string problem in validatable.Problems())
                yield return path.Length == 0 ? problem : $"in '{path}', {problem}";
        }
        foreach (var property in ConfigKeys.Of(section.GetType()))
        {
            foreach (var (child, childPath) in Children(property.GetValue(section), ConfigKeys.Join(path, ConfigKeys.NameOf(property))))
            {
                foreach (string problem in Of(child, childPath))
                    yield return problem;
            }
        }
    }

    private static IEnumerable<(object Section, string Path)> Children(object? value, string path)
    {
        if (value is System.Collections.IDictionary dictionary)
        {
            foreach (System.Collections.DictionaryEntry entry in dictionary)
            {
                if (entry.Value is not null && ConfigKeys.IsSection(entry.Value.GetType()))
                    yield return (entry.Value, ConfigKeys.Join(path, (string)entry.Key));
            }
        }
        else if (value is System.Collections.IEnumerable list and not string)
        {
            int index = 0;
            foreach (object? element in list)
            {
                if (element is not null && ConfigKeys.IsSection(element.GetType()))
                    yield return (element, $"{path}[{index}]");
                index++;
            }
        }
        else if (value is not null && ConfigKeys.IsSection(value.GetType()))
        {
            yield return (value, path);
        }
    }
}
