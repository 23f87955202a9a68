using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Features;

/// <summary>Checksums of the blocks of a file whose bytes pass by in order.</summary>
/// <param name="blockBytes">bytes of a block</param>
internal sealed class BlockChecksums(int blockBytes)
{
    private readonly StringBuilder _finished = new();
    private uint _state = Crc32C.Start;
    private int _filled;

    /// <summary>Bytes that passed.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(bytes.Length, blockBytes - _filled);
            _state = Crc32C.Append(_state, bytes[..taken]);
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == blockBytes)
                EndBlock();
        }
    }

    /// <summary>Eight digits a block; ends the last block.</summary>
    public string Finish()
    {
        if (_filled > 0)
            EndBlock();
        return _finished.ToString();
    }

    private void EndBlock()
    {
        _finished.Append(CultureInfo.InvariantCulture, $"{Crc32C.Finish(_state):x8}");
        (_state, _filled) = (Crc32C.Start, 0);
    }
}

/// <summary>Passes written bytes on to another stream and takes their block checksums.</summary>
internal sealed class ChecksumStream(Stream output, BlockChecksums checksums) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => checksums.Length;

    public override long Position
    {
        get => checksums.Length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        output.Write(buffer);
        checksums.Append(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>Hashes what is written, and keeps none of it.</summary>
internal sealed class HashingStream(IncrementalHash hash) : Stream
{
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hash.AppendData(buffer);
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>CRC-32C (Castagnoli; RFC 3720, section 12.1) by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>State before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum of what was appended to a state.</summary>
    public static uint Finish(uint state) => ~state;

    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (byte value in bytes)
            state = BitOperations.Crc32C(state, value);
        return state;
    }
}
