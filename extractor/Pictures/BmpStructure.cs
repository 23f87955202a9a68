using System.Buffers.Binary;
using System.Buffers.Text;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>The header of a bitmap. The decoder refuses one whose pixels are not all there.</summary>
internal static class BmpStructure
{
    private const int Os2Header = 12, HeaderWithAlpha = 56;

    /// <summary>Reads size and masks: a fourth byte is transparency only where a mask says so.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(file[14..]);
        bool isOs2 = length == Os2Header;
        return new()
        {
            Format = PictureFormat.Bmp,
            Width = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(file[18..]) : BinaryPrimitives.ReadInt32LittleEndian(file[18..]),
            // Rows from the top down have a height below 0.
            Height = isOs2 ? BinaryPrimitives.ReadUInt16LittleEndian(file[20..]) : Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[22..])),
            Alpha = length >= HeaderWithAlpha && BinaryPrimitives.ReadUInt32LittleEndian(file[66..]) != 0 ? PictureAlpha.Straight : PictureAlpha.Ignored,
        };
    }
}

/// <summary>The header of Netpbm's maps: numbers as text, with comments between them. The decoder refuses one whose pixels are not all there.</summary>
internal static class PnmStructure
{
    /// <summary>Reads size and largest value.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        bool isBits = file[1] is (byte)'1' or (byte)'4', isText = file[1] <= (byte)'3';
        int at = 2;
        var (width, height, peak) = (Number(file, ref at), Number(file, ref at), isBits ? 1 : Number(file, ref at));
        var header = new PictureHeader { Format = PictureFormat.Pnm, Width = width, Height = height };
        if (peak is < 1 or > ushort.MaxValue)
            return header with { Problem = $"the PNM file declares a largest value of {peak}" };
        // The decoder spreads values up to 255 that are written as text, and no others.
        return isBits || peak is byte.MaxValue or ushort.MaxValue || (isText && peak < byte.MaxValue) ? header : header with { Peak = peak };
    }

    private static int Number(ReadOnlySpan<byte> file, ref int at)
    {
        while (file[at] is (byte)'#' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            at = file[at] == (byte)'#' ? at + Math.Max(file[at..].IndexOf((byte)'\n'), 1) : at + 1;
        if (!Utf8Parser.TryParse(file[at..], out int number, out int used))
            return -1;
        at += used;
        return number;
    }
}
