using System.IO.Compression;

namespace UniM2Rec.Storage;

/// <summary>
/// Unpacks entries of zip archives that others may have written: a few bytes can unpack to any number of them, and the framework's own reader does not
/// compare the checksum that every entry has.
/// </summary>
public static class ZipEntries
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>Unpacks an entry, and no more of it than it declares.</summary>
    /// <param name="entry">the entry; what it declares is to be looked at before</param>
    /// <param name="destination">takes the bytes</param>
    /// <exception cref="InvalidDataException">it unpacks to more or fewer bytes than it declares, or to others than its checksum is of</exception>
    public static void Unpack(ZipArchiveEntry entry, Stream destination)
    {
        using var unpacked = entry.Open();
        byte[] piece = new byte[1 << 16];
        long bytes = 0;
        uint crc = uint.MaxValue;
        for (int read; (read = unpacked.Read(piece)) > 0;)
        {
            bytes += read;
            if (bytes > entry.Length)
                break;
            crc = Append(crc, piece.AsSpan(0, read));
            destination.Write(piece, 0, read);
        }

        if (bytes != entry.Length)
            throw new InvalidDataException($"{Excerpt.Of(entry.FullName)} unpacks to {(bytes > entry.Length ? "more" : "fewer")} than the {entry.Length} bytes that it declares");
        if (~crc != entry.Crc32)
            throw new InvalidDataException($"{Excerpt.Of(entry.FullName)} has the checksum {~crc:x8}, but {entry.Crc32:x8} is declared");
    }

    /// <summary>CRC-32 as zip has it: polynomial 0x04C11DB7, bits reflected.</summary>
    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeTable()
    {
        const uint reflectedPolynomial = 0xEDB88320;
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint remainder = i;
            for (int bit = 0; bit < 8; bit++)
                remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ reflectedPolynomial;
            table[i] = remainder;
        }

        return table;
    }
}
