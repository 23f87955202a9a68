using System.Diagnostics.CodeAnalysis;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Configuration;

/// <summary>The messages about configurations.</summary>
internal static class ConfigErrors
{
    [DoesNotReturn]
    public static void UnknownKey(string key, string path, IReadOnlyList<string> known, string origin) => throw new UserErrorException(
        $"{origin} has the unknown key '{path}'{NearestName.Suggestion(key, known)}; known here: {string.Join(", ", known)}.");

    [DoesNotReturn]
    public static void WrongValue(string path, string value, string expected, string origin) => throw new UserErrorException(
        $"{origin} sets '{path}' to {value}; expected {expected}.");

    [DoesNotReturn]
    public static void DuplicateKey(string path, string origin) => throw new UserErrorException(
        $"{origin} has the key '{path}' twice; expected it once: remove one.");

    [DoesNotReturn]
    public static void NotJson(string file, Exception failure) => throw new UserErrorException(
        $"config file '{file}' is not valid JSON ({failure.Message}); expected one object, comments and trailing commas allowed.", failure);

    [DoesNotReturn]
    public static void NotAnOverride(string text) => throw new UserErrorException(
        $"--set '{text}' has no key and value; expected the form key.subkey=value.");

    [DoesNotReturn]
    public static void Invalid(IReadOnlyList<string> problems) => throw new UserErrorException(
        $"the configuration can't be used: {string.Join("; ", problems)}.");
}
