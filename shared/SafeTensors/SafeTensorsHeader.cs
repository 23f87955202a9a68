using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace UniM2Rec.SafeTensors;

/// <summary>Reads and checks the header of a safetensors file.</summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>Longest header that is read, as in the reference implementation: what is longer is no header.</summary>
    public const long Limit = 100_000_000;

    public const string MetadataKey = "__metadata__";

    private SafeTensorsHeader(IReadOnlyList<SafeTensorEntry> entries, IReadOnlyDictionary<string, string> metadata, long payloadOffset) =>
        (Entries, Metadata, PayloadOffset) = (entries, metadata, payloadOffset);

    /// <summary>Tensors in the order of their offsets.</summary>
    public IReadOnlyList<SafeTensorEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>First byte of the payload in the file.</summary>
    public long PayloadOffset { get; }

    /// <summary>Length of the header that the file's first eight bytes announce, checked against limit and file.</summary>
    public static int Length(ReadOnlySpan<byte> start, long fileLength, string path)
    {
        if (fileLength < 8)
            SafeTensorsErrors.TooShort(path, fileLength);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > Limit)
            SafeTensorsErrors.HeaderTooLong(path, length, Limit);
        if (length > (ulong)(fileLength - 8))
            SafeTensorsErrors.HeaderPastEnd(path, length, fileLength);
        return (int)length;
    }

    /// <param name="json">the header without its length</param>
    /// <param name="fileLength">bytes of the whole file</param>
    /// <param name="path">for messages</param>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long fileLength, string path)
    {
        if (!Utf8.IsValid(json))
            SafeTensorsErrors.NotUtf8(path);
        var entries = new List<SafeTensorEntry>();
        var metadata = new Dictionary<string, string>();
        long payload = fileLength - 8 - json.Length;
        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                SafeTensorsErrors.NotAnObject(path);
            var names = new HashSet<string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                    SafeTensorsErrors.DuplicateName(path, property.Name);
                if (property.Name == MetadataKey)
                    ReadMetadata(property.Value, metadata, path);
                else
                    entries.Add(ReadEntry(property.Name, property.Value, payload, path));
            }
        }
        catch (JsonException failure)
        {
            SafeTensorsErrors.NotJson(path, failure.Message);
        }
        // Empty tensors share their offset with the next one, so they come first.
        entries.Sort((a, b) => (a.Offset, a.ByteLength).CompareTo((b.Offset, b.ByteLength)));
        CheckTiling(entries, payload, path);
        return new SafeTensorsHeader(entries, metadata, 8 + json.Length);
    }

    private static void ReadMetadata(JsonElement json, Dictionary<string, string> metadata, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            SafeTensorsErrors.BadMetadata(path);
        foreach (var property in json.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                SafeTensorsErrors.BadMetadata(path);
            if (!metadata.TryAdd(property.Name, property.Value.GetString()!))
                SafeTensorsErrors.DuplicateName(path, property.Name);
        }
    }

    private static SafeTensorEntry ReadEntry(string name, JsonElement json, long payload, string path)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !json.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2
            || !TryGetLong(offsets[0], out long begin) || !TryGetLong(offsets[1], out long end))
        {
            SafeTensorsErrors.BadEntry(path, name);
            return null;
        }
        // Enum.TryParse would take numbers as well.
        if (!Enum.IsDefined(typeof(SafeTensorType), type.GetString()!))
            SafeTensorsErrors.UnknownType(path, name, type.GetString()!);
        var elementType = Enum.Parse<SafeTensorType>(type.GetString()!);
        if (begin < 0 || end < begin || end > payload)
            SafeTensorsErrors.OutsidePayload(path, name, begin, end, payload);
        long[] lengths = new long[shape.GetArrayLength()];
        long bytes = elementType.Size();
        for (int dimension = 0; dimension < lengths.Length; dimension++)
        {
            if (!TryGetLong(shape[dimension], out lengths[dimension]) || lengths[dimension] < 0
                || (lengths[dimension] > 0 && bytes > long.MaxValue / lengths[dimension]))
                SafeTensorsErrors.BadShape(path, name, shape.GetRawText());
            bytes *= lengths[dimension];
        }
        if (end - begin != bytes)
            SafeTensorsErrors.WrongLength(path, name, end - begin, bytes);
        return new SafeTensorEntry(name, elementType, lengths, begin, bytes);
    }

    private static bool TryGetLong(JsonElement json, out long value)
    {
        value = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out value);
    }

    private static void CheckTiling(List<SafeTensorEntry> entries, long payload, string path)
    {
        long end = 0;
        for (int index = 0; index < entries.Count; index++)
        {
            var entry = entries[index];
            if (entry.Offset < end)
                SafeTensorsErrors.Overlap(path, entry.Name, entries[index - 1].Name);
            if (entry.Offset > end)
                SafeTensorsErrors.Gap(path, end, entry.Offset);
            end = entry.Offset + entry.ByteLength;
        }
        if (end < payload)
            SafeTensorsErrors.Gap(path, end, payload);
    }
}
