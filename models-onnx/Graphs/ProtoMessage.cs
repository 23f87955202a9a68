using Google.Protobuf;

namespace UniM2Rec.Models.Graphs;

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
