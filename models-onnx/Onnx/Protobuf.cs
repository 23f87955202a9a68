using Google.Protobuf;

namespace UniM2Rec.Models.Onnx;

/// <summary>One field of a protobuf message as it lies in memory; nothing is copied, so that weights can be passed on as they are.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Integer">The value of an integer field, and the bits of a field of fixed length.</param>
/// <param name="Bytes">The bytes of a text, a message or a packed list; empty for other fields.</param>
internal readonly record struct ProtoField(int Number, ulong Integer, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The field as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The fields of a message, in order.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static IEnumerable<ProtoField> Of(ReadOnlyMemory<byte> message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong tag = Varint(message.Span, ref at);
            var (number, kind) = ((int)(tag >> 3), (int)(tag & 7));
            switch (kind)
            {
                case 0:
                    yield return new(number, Varint(message.Span, ref at), default);
                    break;
                case 1 or 5:
                    var bits = Take(message, ref at, kind == 1 ? 8UL : 4);
                    yield return new(number, kind == 1 ? BitConverter.ToUInt64(bits.Span) : BitConverter.ToUInt32(bits.Span), default);
                    break;
                case 2:
                    yield return new(number, 0, Take(message, ref at, Varint(message.Span, ref at)));
                    break;
                default:
                    throw new InvalidDataException($"field {number} at byte {at} has the unknown wire type {kind}");
            }
        }
    }

    /// <summary>The integers of a field that holds one, or several in a packed list.</summary>
    /// <exception cref="InvalidDataException">The list is cut short.</exception>
    public IEnumerable<long> Integers()
    {
        if (Bytes.IsEmpty)
            yield return (long)Integer;
        for (int at = 0; at < Bytes.Length;)
            yield return (long)Varint(Bytes.Span, ref at);
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ref int at, ulong length)
    {
        if (length > (ulong)(message.Length - at))
            throw new InvalidDataException($"a field at byte {at} is cut short");
        int start = at;
        at += (int)length;
        return message[start..at];
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0UL;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (at >= message.Length)
                throw new InvalidDataException("it is cut short");
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException($"the number before byte {at} is too long");
    }
}

/// <summary>A small protobuf message, built field by field in memory. Weights never pass through it.</summary>
internal sealed class ProtoMessage
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    public ProtoMessage() => _output = new CodedOutputStream(_bytes, leaveOpen: true);

    /// <summary>Starts with fields that are encoded already.</summary>
    public ProtoMessage(ReadOnlyMemory<byte> fields)
        : this() => _bytes.Write(fields.Span);

    public ProtoMessage Integer(int field, long value)
    {
        _output.WriteTag(field, WireFormat.WireType.Varint);
        _output.WriteInt64(value);
        return this;
    }

    public ProtoMessage Real(int field, float value)
    {
        _output.WriteTag(field, WireFormat.WireType.Fixed32);
        _output.WriteFloat(value);
        return this;
    }

    public ProtoMessage Text(int field, string value)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteString(value);
        return this;
    }

    public ProtoMessage Nested(int field, ProtoMessage message)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteBytes(ByteString.CopyFrom(message.ToBytes()));
        return this;
    }

    /// <summary>The tag and length that go before <paramref name="length"/> bytes that are streamed afterwards.</summary>
    public ProtoMessage Announce(int field, long length)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteUInt64((ulong)length);
        return this;
    }

    public byte[] ToBytes()
    {
        _output.Flush();
        return _bytes.ToArray();
    }
}
