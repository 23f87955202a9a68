using System.Buffers.Binary;
using System.Numerics;

namespace UniM2Rec.Features;

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
