using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UniM2Rec.SafeTensors;

/// <summary>
/// Writes a safetensors file to a stream: every tensor is declared, then the header is written, then the payloads follow in the order
/// of declaration, in pieces of any size. The payload begins at a multiple of 64 bytes.
/// </summary>
public sealed class SafeTensorsWriter
{
    private const int Alignment = 64;

    private readonly Stream _output;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly List<SafeTensorEntry> _entries = [];
    private long _declared;
    private long _written;
    private bool _begun;

    /// <param name="output">receives the file from its current position</param>
    /// <param name="metadata">the file's own notes, or null for none</param>
    public SafeTensorsWriter(Stream output, IReadOnlyDictionary<string, string>? metadata = null) =>
        (this._output, this._metadata) = (output, metadata ?? new Dictionary<string, string>());

    /// <summary>Writes a whole file in one step: complete under its name, or not at all.</summary>
    /// <exception cref="UserErrorException">the file can't be written</exception>
    /// <exception cref="ArgumentException">a name is given twice, or data and shape disagree</exception>
    public static void Save(string path, IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, file =>
        {
            var writer = new SafeTensorsWriter(file, metadata);
            foreach (var tensor in tensors)
                writer.Declare(tensor.Name, tensor.Type, tensor.Shape);
            foreach (var tensor in tensors)
                writer.Write(tensor.Data.Span);
            writer.Complete();
        });

    /// <summary>Announces a tensor; payloads come in the same order.</summary>
    /// <exception cref="ArgumentException">the name was declared before, or the shape is negative</exception>
    public SafeTensorEntry Declare(string name, SafeTensorType type, IReadOnlyList<long> shape)
    {
        if (_begun)
            throw new InvalidOperationException("tensors are declared before the first payload");
        if (name == SafeTensorsHeader.MetadataKey || _entries.Any(entry => entry.Name == name))
            throw new ArgumentException($"tensor '{name}' is declared twice or has a reserved name", nameof(name));
        long bytes = type.Size();
        foreach (long length in shape)
            bytes = checked(bytes * (length >= 0 ? length : throw new ArgumentException($"negative length {length}", nameof(shape))));
        var entry = new SafeTensorEntry(name, type, [.. shape], _declared, bytes);
        _entries.Add(entry);
        _declared += bytes;
        return entry;
    }

    /// <summary>Writes the next bytes of the payload.</summary>
    /// <exception cref="ArgumentException">more bytes than were declared</exception>
    public void Write(ReadOnlySpan<byte> payload)
    {
        Announce(payload.Length);
        _output.Write(payload);
    }

    /// <summary>Writes the next elements of the payload.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public void Write<T>(ReadOnlySpan<T> payload)
        where T : unmanaged
    {
        int piece = int.MaxValue / Unsafe.SizeOf<T>();
        for (; payload.Length > piece; payload = payload[piece..])
            Write(MemoryMarshal.AsBytes(payload[..piece]));
        Write(MemoryMarshal.AsBytes(payload));
    }

    /// <summary>Writes everything that a spool holds as the next bytes of the payload.</summary>
    internal void Write(Spool payload)
    {
        Announce(payload.Length);
        payload.WriteTo(_output);
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="InvalidOperationException">payload is missing</exception>
    public void Complete()
    {
        Begin();
        if (_written != _declared)
            throw new InvalidOperationException($"{_written} bytes of payload were written; {_declared} were declared");
    }

    private void Announce(long bytes)
    {
        Begin();
        if (_written + bytes > _declared)
            throw new ArgumentException($"{_written + bytes} bytes of payload; {_declared} were declared", nameof(bytes));
        _written += bytes;
    }

    private void Begin()
    {
        if (_begun)
            return;
        _begun = true;
        byte[] json = HeaderJson();
        int padding = (Alignment - (8 + json.Length) % Alignment) % Alignment;
        if (json.Length + padding > SafeTensorsHeader.Limit)
            SafeTensorsErrors.HeaderTooLongToWrite(json.Length + padding, SafeTensorsHeader.Limit);
        byte[] start = new byte[8 + json.Length + padding];
        BinaryPrimitives.WriteInt64LittleEndian(start, json.Length + padding);
        json.CopyTo(start, 8);
        start.AsSpan(8 + json.Length).Fill((byte)' ');
        _output.Write(start);
    }

    private byte[] HeaderJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (_metadata.Count > 0)
        {
            json.WriteStartObject(SafeTensorsHeader.MetadataKey);
            foreach (var (key, value) in _metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        foreach (var entry in _entries)
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", entry.Type.ToString());
            json.WriteStartArray("shape");
            foreach (long length in entry.Shape)
                json.WriteNumberValue(length);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(entry.Offset);
            json.WriteNumberValue(entry.Offset + entry.ByteLength);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
