using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace UniM2Rec.Features;

/// <summary>What a row was made from, as shards keep it, so that a later run knows which rows it has to make again.</summary>
public static class RowContent
{
    /// <summary>Bytes a row.</summary>
    public const int Bytes = 16;

    /// <summary>The content of a row: the first half of SHA-256 over its parts, each after its length; zeros where all of them are empty.</summary>
    /// <param name="first">such as a text, in UTF-8</param>
    /// <param name="second">such as a hash of a picture's file</param>
    /// <param name="destination">[<see cref="Bytes"/>]</param>
    public static void Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> destination)
    {
        destination[..Bytes].Clear();
        if (first.IsEmpty && second.IsEmpty)
            return;
        int length = 2 * sizeof(int) + first.Length + second.Length;
        byte[]? rented = length <= 1024 ? null : System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        var parts = rented is null ? stackalloc byte[1024] : rented;
        BinaryPrimitives.WriteInt32LittleEndian(parts, first.Length);
        first.CopyTo(parts[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(parts[(sizeof(int) + first.Length)..], second.Length);
        second.CopyTo(parts[(2 * sizeof(int) + first.Length)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(parts[..length], hash);
        hash[..Bytes].CopyTo(destination);
        if (rented is not null)
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Checksum of a shard's contents, as the manifest keeps it.</summary>
    internal static string Checksum(ReadOnlySpan<byte> content) => Crc32C.Finish(Crc32C.Append(Crc32C.Start, content)).ToString("x8", CultureInfo.InvariantCulture);
}

/// <summary>Tells rows that have to be made again from those that need not.</summary>
public interface IRowComparison
{
    /// <summary>Whether a row would be made from what it was made from. Asked in ascending order of the rows.</summary>
    /// <param name="row">row of the store</param>
    /// <param name="content">what it was made from (<see cref="RowContent"/>); empty where that is not known, and the catalogue is the same</param>
    bool IsUnchanged(int row, ReadOnlySpan<byte> content);
}
