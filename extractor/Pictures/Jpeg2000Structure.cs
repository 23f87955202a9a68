using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>The header of a JPEG 2000 codestream (ITU-T T.800, annex A), bare or in a JP2 file's boxes. The decoder refuses one that is cut.</summary>
internal static class Jpeg2000Structure
{
    private const int MostComponents = 4;
    private const ushort Start = 0xFF4F, Size = 0xFF51;

    /// <summary>Reads size, tiles and bits of the codestream.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        var stream = file[0] == 0xFF ? file : Codestream(file);
        if (stream.IsEmpty || BinaryPrimitives.ReadUInt16BigEndian(stream) != Start || BinaryPrimitives.ReadUInt16BigEndian(stream[2..]) != Size)
            return PictureHeader.Refused(PictureFormat.Jpeg2000, "the JPEG 2000 file holds no picture");
        var size = stream[8..];
        long right = Number(size, 0), bottom = Number(size, 4), left = Number(size, 8), top = Number(size, 12);
        int components = BinaryPrimitives.ReadUInt16BigEndian(size[32..]);
        if (components > MostComponents)
            return PictureHeader.Refused(PictureFormat.Jpeg2000, $"the JPEG 2000 file has {components} channels, and {MostComponents} at most are read");
        int bits = (size[34] & 0x7F) + 1;
        return new() { Format = PictureFormat.Jpeg2000, Width = right - left, Height = bottom - top, LargestPart = PictureHeader.Area(right, bottom), Peak = bits is > 8 and < 16 ? (1 << bits) - 1 : null };
    }

    private static uint Number(ReadOnlySpan<byte> size, int at) => BinaryPrimitives.ReadUInt32BigEndian(size[at..]);

    /// <summary>What the box "jp2c" holds; empty where there is none.</summary>
    private static ReadOnlySpan<byte> Codestream(ReadOnlySpan<byte> file)
    {
        for (long at = 0; at + 8 <= file.Length;)
        {
            var box = file[(int)at..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(box);
            int head = 8;
            if (length == 1)
                (length, head) = (BinaryPrimitives.ReadInt64BigEndian(box[8..]), 16);
            if (box.Slice(4, 4).SequenceEqual("jp2c"u8))
                return box[head..];
            if (length < head || length > box.Length)
                break;
            at += length;
        }

        return [];
    }
}
