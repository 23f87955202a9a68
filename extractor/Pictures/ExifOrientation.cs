using System.Buffers.Binary;
using OpenCvSharp;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>How a camera was held (Exif 2.32, tag 0x0112), and how a picture is turned upright.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, Short = 3, EntryBytes = 12;

    /// <summary>The value in Exif data, which are a TIFF file's; 1 where they hold none.</summary>
    public static int Of(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8))
            exif = exif[6..];
        bool little = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || !(little || exif.StartsWith("MM\0*"u8)))
            return 1;
        uint first = little ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (first > exif.Length - 2)
            return 1;
        int count = Read(exif[(int)first..], little);
        for (int at = (int)first + 2; count > 0 && at + EntryBytes <= exif.Length; at += EntryBytes, count--)
        {
            if (Read(exif[at..], little) == Tag && Read(exif[(at + 2)..], little) == Short)
                return Read(exif[(at + 8)..], little) is >= 1 and <= 8 and var value ? value : 1;
        }

        return 1;
    }

    /// <summary>Turns a picture upright, in place.</summary>
    public static void Apply(Mat picture, int orientation)
    {
        if (orientation is 5 or 6 or 7 or 8)
            Cv2.Transpose(picture, picture);
        // 6 and 7 are mirrored left to right after the transposition, 7 and 8 top to bottom.
        bool horizontally = orientation is 2 or 3 or 6 or 7, vertically = orientation is 3 or 4 or 7 or 8;
        if (horizontally || vertically)
            Cv2.Flip(picture, picture, horizontally && vertically ? FlipMode.XY : horizontally ? FlipMode.Y : FlipMode.X);
    }

    private static int Read(ReadOnlySpan<byte> at, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
}
