using System.Text;
using System.Text.Json;

namespace UniM2Rec.SafeTensors;

/// <summary>
/// Reads a header token by token where it lies, so that memory grows with the tensors that it names and not with what else it holds.
/// Anyone may have written it.
/// </summary>
internal sealed class SafeTensorsHeaderReading(string path, long payload)
{
    private const int MostTensors = 1_000_000;

    // No array library has more.
    private const int MostDimensions = 64;

    private readonly HashSet<string> _names = [];

    /// <summary>Tensors in the order of the header.</summary>
    public List<SafeTensorEntry> Entries { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <exception cref="JsonException">the header is not JSON</exception>
    /// <exception cref="UserErrorException">it is JSON, and not as a header is</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            reader.Read();
            SafeTensorsErrors.NotAnObject(path);
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader);
            if (!_names.Add(name))
                SafeTensorsErrors.DuplicateName(path, name);
            if (_names.Count > MostTensors)
                SafeTensorsErrors.TooMany(path, MostTensors);
            reader.Read();
            if (name == SafeTensorsHeader.MetadataKey)
                ReadMetadata(ref reader);
            else
                Entries.Add(ReadEntry(name, ref reader, json));
        }
        // Nothing comes after the object, or the reader throws.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            SafeTensorsErrors.BadMetadata(path);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                SafeTensorsErrors.BadMetadata(path);
            if (!Metadata.TryAdd(key, Text(ref reader)))
                SafeTensorsErrors.DuplicateName(path, key);
        }
    }

    private SafeTensorEntry ReadEntry(string name, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            SafeTensorsErrors.BadEntry(path, name);
        string? type = null;
        List<long>? shape = null, offsets = null;
        string shapeText = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader);
            reader.Read();
            int begin = (int)reader.TokenStartIndex;
            switch (key)
            {
                case "dtype" when type is null && reader.TokenType == JsonTokenType.String:
                    type = Text(ref reader);
                    break;
                case "shape" when shape is null && reader.TokenType == JsonTokenType.StartArray:
                    bool isShape = TryReadNumbers(ref reader, MostDimensions, out shape) && shape.All(length => length >= 0);
                    shapeText = Encoding.UTF8.GetString(json[begin..Math.Min(begin + 300, (int)reader.BytesConsumed)]);
                    if (!isShape)
                        SafeTensorsErrors.BadShape(path, name, shapeText);
                    break;
                case "data_offsets" when offsets is null && reader.TokenType == JsonTokenType.StartArray:
                    if (!TryReadNumbers(ref reader, 2, out offsets) || offsets.Count != 2)
                        SafeTensorsErrors.BadEntry(path, name);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    SafeTensorsErrors.BadEntry(path, name);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (type is null || shape is null || offsets is null)
        {
            SafeTensorsErrors.BadEntry(path, name);
            return null;
        }
        return Entry(name, type, (shape, shapeText), offsets[0], offsets[1]);
    }

    private SafeTensorEntry Entry(string name, string type, (List<long> Lengths, string Text) shape, long begin, long end)
    {
        // Enum.TryParse would take numbers as well.
        if (!Enum.IsDefined(typeof(SafeTensorType), type))
            SafeTensorsErrors.UnknownType(path, name, type);
        var elementType = Enum.Parse<SafeTensorType>(type);
        if (begin < 0 || end < begin || end > payload)
            SafeTensorsErrors.OutsidePayload(path, name, begin, end, payload);
        long bytes = elementType.Size();
        foreach (long length in shape.Lengths)
        {
            if (length > 0 && bytes > long.MaxValue / length)
                SafeTensorsErrors.BadShape(path, name, shape.Text);
            bytes *= length;
        }
        if (end - begin != bytes)
            SafeTensorsErrors.WrongLength(path, name, end - begin, bytes);
        return new SafeTensorEntry(name, elementType, [.. shape.Lengths], begin, bytes);
    }

    /// <summary>Reads an array to its end, whatever it holds.</summary>
    private static bool TryReadNumbers(ref Utf8JsonReader reader, int most, out List<long> numbers)
    {
        numbers = [];
        bool areNumbers = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) && numbers.Count < most)
                numbers.Add(number);
            else
                areNumbers = false;
            reader.Skip();
        }
        return areNumbers;
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            SafeTensorsErrors.NotUnicode(path);
            return null;
        }
    }
}
