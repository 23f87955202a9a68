using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.SafeTensors;

/// <summary>The messages about safetensors files, one for each way in which a file can be malformed.</summary>
internal static class SafeTensorsErrors
{
    private const string Remedy = "the file is damaged or of another kind: make or fetch it again.";

    [DoesNotReturn]
    public static void TooShort(string path, long length) => Throw(path, $"is {length} bytes long; expected at least 8, the header's length");

    [DoesNotReturn]
    public static void HeaderTooLong(string path, ulong header, long limit) =>
        Throw(path, $"announces a header of {header} bytes; expected at most {limit}");

    [DoesNotReturn]
    public static void HeaderPastEnd(string path, ulong header, long length) =>
        Throw(path, $"announces a header of {header} bytes but is only {length} bytes long; expected header and payload in full");

    [DoesNotReturn]
    public static void NotUtf8(string path) => Throw(path, "has a header that is not UTF-8; expected JSON in UTF-8");

    [DoesNotReturn]
    public static void NotJson(string path, string problem) => Throw(path, $"has a header that is not JSON ({problem}); expected one object");

    [DoesNotReturn]
    public static void NotUnicode(string path) => Throw(path, "has a header with an escaped text that is no Unicode; expected texts");

    [DoesNotReturn]
    public static void TooMany(string path, int limit) => Throw(path, $"has a header of more than {limit} tensors; expected fewer");

    [DoesNotReturn]
    public static void HeaderTooLongToWrite(long header, long limit) => throw new UserErrorException(
        $"a safetensors file would get a header of {header} bytes; expected at most {limit}, which is what readers take: put fewer tensors or shorter notes into one file (a feature store has fewer with fewer rows a shard).");

    [DoesNotReturn]
    public static void NotAnObject(string path) => Throw(path, "has a header that is JSON but no object; expected tensors by name");

    [DoesNotReturn]
    public static void BadMetadata(string path) => Throw(path, "has __metadata__ that are not texts; expected texts by name");

    [DoesNotReturn]
    public static void DuplicateName(string path, string name) => Throw(path, $"names '{Excerpt.Of(name)}' twice; expected every name once");

    [DoesNotReturn]
    public static void BadEntry(string path, string name) =>
        Throw(path, $"describes tensor '{Excerpt.Of(name)}' without a proper dtype, shape and data_offsets; expected these three");

    [DoesNotReturn]
    public static void UnknownType(string path, string name, string type) =>
        Throw(path, $"gives tensor '{Excerpt.Of(name)}' the dtype '{Excerpt.Of(type)}'; expected one of {string.Join(", ", Enum.GetNames<SafeTensorType>())}");

    [DoesNotReturn]
    public static void BadShape(string path, string name, string shape) =>
        Throw(path, $"gives tensor '{Excerpt.Of(name)}' the shape {Excerpt.Of(shape)}; expected lengths from 0 whose product fits the file");

    [DoesNotReturn]
    public static void OutsidePayload(string path, string name, long begin, long end, long payload) =>
        Throw(path, $"puts tensor '{Excerpt.Of(name)}' at bytes {begin} to {end}; expected a range inside the payload of {payload} bytes");

    [DoesNotReturn]
    public static void WrongLength(string path, string name, long found, long expected) =>
        Throw(path, $"gives tensor '{Excerpt.Of(name)}' {found} bytes; expected {expected} for its dtype and shape");

    [DoesNotReturn]
    public static void Overlap(string path, string name, string other) =>
        Throw(path, $"puts tensors '{Excerpt.Of(other)}' and '{Excerpt.Of(name)}' over each other; expected one after the other");

    [DoesNotReturn]
    public static void Gap(string path, long begin, long end) =>
        Throw(path, $"has bytes {begin} to {end} of its payload in no tensor; expected tensors without gaps to the file's end");

    [DoesNotReturn]
    public static void WrongChecksum(string path, string found, string expected) =>
        Throw(path, $"has the checksum {Beginning(found)}, but says that it has {Beginning(expected)}; expected them to be the same");

    [DoesNotReturn]
    public static void NoSuchTensor(string path, string name, IReadOnlyList<string> names) => throw new UserErrorException(
        $"'{path}' has no tensor '{Excerpt.Of(name)}'{NearestName.Suggestion(name, names)}; it has: {Some(names)}.");

    [DoesNotReturn]
    public static void WrongType(string path, string name, SafeTensorType found, string expected) => throw new UserErrorException(
        $"tensor '{Excerpt.Of(name)}' of '{path}' has the dtype {found}; expected {expected}: use a file with that type.");

    private static string Beginning(string text) => text.Length <= 12 ? text : text[..12] + "…";

    private static string Some(IReadOnlyList<string> names) =>
        Excerpt.Of(names.Count <= 20 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(20))} and {names.Count - 20} more", 1000);

    [DoesNotReturn]
    private static void Throw(string path, string problem) =>
        throw new UserErrorException($"safetensors file '{path}' {problem}; {Remedy}");
}
