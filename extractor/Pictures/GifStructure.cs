using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>The header of a GIF file, up to its first picture. What follows is checked by the decoder, which asks for all of it.</summary>
internal static class GifStructure
{
    private const int HeaderBytes = 13;
    private const byte Extension = 0x21, Picture = 0x2C;

    /// <summary>Reads the area's size, and the part of it that the first picture covers: the rest shows what is behind.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        int at = HeaderBytes + Colours(file[10]);
        while (file[at] == Extension)
        {
            for (at += 2; file[at] != 0;)
                at += file[at] + 1;
            at++;
        }

        if (file[at] != Picture)
            return PictureHeader.Refused(PictureFormat.Gif, "the GIF file holds no picture");
        var (x, y, width, height) = (Number(file, at + 1), Number(file, at + 3), Number(file, at + 5), Number(file, at + 7));
        var header = new PictureHeader { Format = PictureFormat.Gif, Width = Number(file, 6), Height = Number(file, 8), LargestPart = (long)width * height };
        return (x, y, width, height) == (0, 0, header.Width, header.Height) ? header : header with { Covered = (x, y, width, height) };
    }

    private static int Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    /// <summary>Bytes of a table of colours, from the byte that says whether there is one.</summary>
    private static int Colours(byte flags) => (flags & 0x80) == 0 ? 0 : 3 * (2 << (flags & 7));
}

/// <summary>The chunks of a WebP file (RFC 9649). The decoder refuses data that are cut.</summary>
internal static class WebpStructure
{
    /// <summary>Reads the size, of the area or of the one picture, and Exif data.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L > file.Length)
            return PictureHeader.Refused(PictureFormat.Webp, "the WebP file is cut short");
        var header = new PictureHeader { Format = PictureFormat.Webp };
        for (long at = 12; at + 8 <= file.Length;)
        {
            ReadOnlySpan<byte> name = file.Slice((int)at, 4), content = file[((int)at + 8)..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            var size = SizeOf(name, content);
            // The area comes first; a picture in it that is larger is what counts for memory.
            header = header.Width == 0 ? header with { Width = size.Width, Height = size.Height } : header with { LargestPart = Math.Max(header.LargestPart, size.Width * size.Height) };
            if (name.SequenceEqual("EXIF"u8) && length <= content.Length)
                header = header with { Orientation = ExifOrientation.Of(content[..(int)length]) };
            at += 8 + length + (length & 1);
        }

        return header;
    }

    private static (long Width, long Height) SizeOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        if (name.SequenceEqual("VP8X"u8))
            return (1 + Three(content[4..]), 1 + Three(content[7..]));
        if (name.SequenceEqual("ANMF"u8))
            return (1 + Three(content[6..]), 1 + Three(content[9..]));
        if (name.SequenceEqual("VP8 "u8))
            return (BinaryPrimitives.ReadUInt16LittleEndian(content[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(content[8..]) & 0x3FFF);
        if (!name.SequenceEqual("VP8L"u8))
            return (0, 0);
        uint bits = BinaryPrimitives.ReadUInt32LittleEndian(content[1..]);
        return (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF));
    }

    private static int Three(ReadOnlySpan<byte> at) => at[0] | at[1] << 8 | at[2] << 16;
}
