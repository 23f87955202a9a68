using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>The chunks of a PNG file (ISO/IEC 15948).</summary>
internal static class PngStructure
{
    private const int FirstChunk = 8;
    private const int ChunkFrame = 12; // length, name, checksum
    private const int Grey = 0;

    /// <summary>Reads what stands before the picture's data, and Exif data wherever they are.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        if (!file[(FirstChunk + 4)..].StartsWith("IHDR"u8))
            return PictureHeader.Refused(PictureFormat.Png, "the PNG file does not begin with its header");
        int depth = file[24], type = file[25];
        var header = new PictureHeader
        {
            Format = PictureFormat.Png,
            Width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]),
            Height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]),
        };
        for (long position = FirstChunk; position + ChunkFrame <= file.Length;)
        {
            var chunk = file[(int)position..];
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            ReadOnlySpan<byte> name = chunk.Slice(4, 4), content = chunk[8..];
            if (name.SequenceEqual("sBIT"u8) && depth == 16 && length > 0 && content[0] is > 0 and < 16)
                header = header with { Peak = (1 << content[0]) - 1 };
            else if (name.SequenceEqual("tRNS"u8) && type == Grey && length >= 2)
                header = header with { TransparentGrey = AsDecoded(BinaryPrimitives.ReadUInt16BigEndian(content), depth) };
            else if (name.SequenceEqual("eXIf"u8) && length <= content.Length)
                header = header with { Orientation = ExifOrientation.Of(content[..(int)length]) };
            position += ChunkFrame + length;
        }

        return header;
    }

    /// <summary>Every chunk must be whole and have its checksum, and the last must be there: a decoder passes over a bad tRNS, and only warns.</summary>
    public static string? FindDamage(ReadOnlySpan<byte> file)
    {
        for (long position = FirstChunk; position + ChunkFrame <= file.Length;)
        {
            var chunk = file[(int)position..];
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (length + (long)ChunkFrame > chunk.Length)
                break;
            var covered = chunk.Slice(4, (int)length + 4);
            if (Crc32.Of(covered) != BinaryPrimitives.ReadUInt32BigEndian(chunk[(8 + (int)length)..]))
                return "the PNG file is damaged (a chunk has another checksum)";
            if (covered.StartsWith("IEND"u8))
                return null;
            position += ChunkFrame + length;
        }

        return "the PNG file is cut short (no IEND chunk)";
    }

    /// <summary>Fewer than eight bits are spread over the range of eight.</summary>
    private static int AsDecoded(int grey, int depth) => depth < 8 ? grey * 255 / ((1 << depth) - 1) : grey;
}

/// <summary>The checksum of PNG's chunks (CRC-32 of ISO/IEC 3309), four bytes at a time.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[][] Tables = CreateTables();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        uint[] first = Tables[0], second = Tables[1], third = Tables[2], fourth = Tables[3];
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            crc ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            crc = fourth[(byte)crc] ^ third[(byte)(crc >> 8)] ^ second[(byte)(crc >> 16)] ^ first[crc >> 24];
        }

        foreach (byte value in bytes)
            crc = first[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    private static uint[][] CreateTables()
    {
        uint[][] tables = [new uint[256], new uint[256], new uint[256], new uint[256]];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? Polynomial ^ crc >> 1 : crc >> 1;
            tables[0][i] = crc;
        }

        for (int i = 0; i < 256; i++)
        {
            for (int table = 1; table < 4; table++)
                tables[table][i] = tables[0][(byte)tables[table - 1][i]] ^ tables[table - 1][i] >> 8;
        }

        return tables;
    }
}
