using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace UniM2Rec.Tests.Pictures;

/// <summary>Pictures written field by field, for what no encoder at hand writes.</summary>
internal static class HandmadePictures
{
    /// <summary>Exif data whose one entry is the orientation.</summary>
    public static byte[] Exif(int orientation) => [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A PNG; each row begins with its filter, 0.</summary>
    public static byte[] Png(int width, int height, byte depth, byte type, byte[] rows, params (string Name, byte[] Content)[] chunks)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, type);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
            zlib.Write(rows);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. chunks.SelectMany(c => Chunk(c.Name, c.Content)), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    public static byte[] Chunk(string name, byte[] content)
    {
        byte[] chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(name).CopyTo(chunk, 4);
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Checksum(chunk.AsSpan(4, 4 + content.Length)));
        return chunk;
    }

    /// <summary>A TIFF of one strip, uncompressed and little-endian; further fields replace those it has.</summary>
    public static byte[] Tiff(int width, int height, ushort bits, ushort samples, ushort photometric, byte[] pixels, params (ushort Tag, uint[] Values)[] more)
    {
        var fields = new SortedDictionary<ushort, uint[]>
        {
            [256] = [(uint)width],
            [257] = [(uint)height],
            [258] = [.. Enumerable.Repeat((uint)bits, samples)],
            [259] = [1],
            [262] = [photometric],
            [273] = [8],
            [277] = [samples],
            [278] = [(uint)height],
            [279] = [(uint)pixels.Length],
        };
        foreach (var (tag, values) in more)
            fields[tag] = values;
        int directory = 8 + pixels.Length + pixels.Length % 2, behind = directory + 2 + 12 * fields.Count + 4;
        var (file, rest) = (new List<byte>(), new List<byte>());
        file.AddRange([.. "II"u8, 42, 0, .. BitConverter.GetBytes(directory), .. pixels, .. new byte[pixels.Length % 2], .. BitConverter.GetBytes((ushort)fields.Count)]);
        foreach (var (tag, values) in fields)
        {
            byte[] content = [.. values.SelectMany(v => BitConverter.GetBytes((ushort)v))];
            file.AddRange([.. BitConverter.GetBytes(tag), 3, 0, .. BitConverter.GetBytes(values.Length)]);
            file.AddRange(content.Length <= 4 ? [.. content, .. new byte[4 - content.Length]] : BitConverter.GetBytes(behind + rest.Count));
            if (content.Length > 4)
                rest.AddRange(content);
        }

        return [.. file, 0, 0, 0, 0, .. rest];
    }

    /// <summary>A GIF of four colours (10 · i, 20 · i, 30 · i for i from 1), each pixel written after a code that clears the table.</summary>
    public static byte[] Gif((int Width, int Height) area, (int X, int Y, int Width, int Height) frame, int transparent, byte[] pixels)
    {
        byte[] control = transparent < 0 ? [] : [0x21, 0xF9, 4, 1, 0, 0, (byte)transparent, 0];
        bool[] bits = [.. pixels.SelectMany(p => new[] { 4, p }).Append(5).SelectMany(code => Enumerable.Range(0, 3).Select(bit => (code >> bit & 1) != 0))];
        byte[] data = [.. bits.Chunk(8).Select(chunk => (byte)chunk.Index().Sum(b => b.Item ? 1 << b.Index : 0))];
        return
        [
            .. "GIF89a"u8, .. Two(area.Width), .. Two(area.Height), 0xF1, 0, 0, 10, 20, 30, 20, 40, 60, 30, 60, 90, 40, 80, 120, .. control,
            0x2C, .. Two(frame.X), .. Two(frame.Y), .. Two(frame.Width), .. Two(frame.Height), 0, 2, (byte)data.Length, .. data, 0, 0x3B,
        ];
    }

    /// <summary>A bitmap of 32 bits a pixel, two pixels wide and one high.</summary>
    public static byte[] Bitmap(byte[] pixels, bool withMaskOfAlpha)
    {
        uint[] masks = withMaskOfAlpha ? [0xFF0000, 0xFF00, 0xFF, 0xFF000000] : [0xFF0000, 0xFF00, 0xFF];
        int header = withMaskOfAlpha ? 108 : 40, start = 14 + Math.Max(header, 40 + 4 * masks.Length);
        byte[] file = new byte[start + pixels.Length];
        "BM"u8.CopyTo(file);
        foreach (var (at, value) in new[] { (2, file.Length), (10, start), (14, header), (18, 2), (22, 1), (26, 1 | 32 << 16), (30, 3), (34, pixels.Length) })
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        foreach (var (i, mask) in masks.Index())
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(54 + 4 * i), mask);
        pixels.CopyTo(file, start);
        return file;
    }

    private static byte[] Two(int value) => BitConverter.GetBytes((ushort)value);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
        }

        return ~crc;
    }
}
