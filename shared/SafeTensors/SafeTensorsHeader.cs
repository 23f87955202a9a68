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
        var reading = new SafeTensorsHeaderReading(path, fileLength - 8 - json.Length);
        try
        {
            reading.Read(json);
        }
        catch (JsonException failure)
        {
            SafeTensorsErrors.NotJson(path, Excerpt.Of(failure.Message, 300));
        }
        // Empty tensors share their offset with the next one, so they come first.
        reading.Entries.Sort((a, b) => (a.Offset, a.ByteLength).CompareTo((b.Offset, b.ByteLength)));
        CheckTiling(reading.Entries, fileLength - 8 - json.Length, path);
        return new SafeTensorsHeader(reading.Entries, reading.Metadata, 8 + json.Length);
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
