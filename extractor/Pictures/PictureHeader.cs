using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>The formats of pictures that are read.</summary>
public enum PictureFormat
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>ITU-T T.81, of 8 bits, Huffman-coded, sequential or progressive.</summary>
    Jpeg,

    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>Graphics Interchange Format; the first picture of it.</summary>
    Gif,

    /// <summary>WebP.</summary>
    Webp,

    /// <summary>Windows' and OS/2's bitmap.</summary>
    Bmp,

    /// <summary>Tagged Image File Format; the first picture of it.</summary>
    Tiff,

    /// <summary>JPEG 2000, in a JP2 file or as a bare codestream.</summary>
    Jpeg2000,

    /// <summary>Netpbm's portable bit map, grey map and pixel map.</summary>
    Pnm,
}

/// <summary>What the fourth channel of a decoded picture is.</summary>
public enum PictureAlpha
{
    /// <summary>How opaque a pixel is.</summary>
    Straight,

    /// <summary>How opaque a pixel is, and its colours are multiplied by it already.</summary>
    Premultiplied,

    /// <summary>Nothing that counts.</summary>
    Ignored,
}

/// <summary>What a picture file says about itself before it is decoded.</summary>
public sealed record PictureHeader
{
    /// <summary>The format.</summary>
    public PictureFormat Format { get; init; }

    /// <summary>Pixels from left to right, as they are stored.</summary>
    public long Width { get; init; }

    /// <summary>Pixels from top to bottom, as they are stored.</summary>
    public long Height { get; init; }

    /// <summary>Pixels that a decoder has to make room for at once.</summary>
    public long Pixels => Math.Max(Area(Width, Height), LargestPart);

    /// <summary>How the camera was held (Exif's values, 1 to 8), where the decoder does not turn the picture itself.</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>The largest value that the file declares for a channel; null where it declares none, or all that its bits can hold.</summary>
    public int? Peak { get; init; }

    /// <summary>What a fourth channel is.</summary>
    public PictureAlpha Alpha { get; init; }

    /// <summary>The grey that stands for transparency, as the decoder gives it; null where none does.</summary>
    public int? TransparentGrey { get; init; }

    /// <summary>Whether the largest value is black, where the decoder does not turn it round itself.</summary>
    public bool IsInverted { get; init; }

    /// <summary>The part of the area that the picture covers; null where it covers all of it.</summary>
    public (int X, int Y, int Width, int Height)? Covered { get; init; }

    /// <summary>Pixels of the largest tile or frame, where that is declared apart.</summary>
    internal long LargestPart { get; init; }

    /// <summary>Why the file can't be a picture that is read, in a few words; null where nothing speaks against it yet.</summary>
    public string? Problem { get; init; }

    /// <summary>Reads the first part of a file, of which nothing is decoded.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return Refused(PictureFormat.Unknown, "the file is empty");
        var format = FormatOf(file);
        PictureHeader header;
        try
        {
            header = format switch
            {
                PictureFormat.Jpeg => JpegStructure.Read(file),
                PictureFormat.Png => PngStructure.Read(file),
                PictureFormat.Gif => GifStructure.Read(file),
                PictureFormat.Webp => WebpStructure.Read(file),
                PictureFormat.Bmp => BmpStructure.Read(file),
                PictureFormat.Tiff => TiffStructure.Read(file),
                PictureFormat.Jpeg2000 => Jpeg2000Structure.Read(file),
                PictureFormat.Pnm => PnmStructure.Read(file),
                _ => Refused(format, "the picture is of none of the formats that are read (JPEG, PNG, GIF, WebP, BMP, TIFF, JPEG 2000, PNM)"),
            };
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // A field lies behind the end.
            return Refused(format, $"the {NameOf(format)} file is cut short (its header is not whole)");
        }

        return header.Problem is null && (header.Width < 1 || header.Height < 1)
            ? header with { Problem = $"the {NameOf(format)} file declares a size of {header.Width} x {header.Height} pixels" }
            : header;
    }

    /// <summary>Looks for what a decoder would pass over: parts that are missing, that do not belong together, that have another checksum.</summary>
    /// <param name="file">The file that the header was read from.</param>
    /// <returns>What is wrong, in a few words; null where nothing was found.</returns>
    public string? FindDamage(ReadOnlySpan<byte> file)
    {
        try
        {
            return Format switch
            {
                PictureFormat.Jpeg => JpegStructure.FindDamage(file),
                PictureFormat.Png => PngStructure.FindDamage(file),
                PictureFormat.Tiff => TiffStructure.FindDamage(file),
                _ => null,
            };
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return $"the {NameOf(Format)} file is cut short";
        }
    }

    /// <summary>The name of a format as sentences have it.</summary>
    internal static string NameOf(PictureFormat format) => format switch
    {
        PictureFormat.Webp => "WebP",
        PictureFormat.Jpeg2000 => "JPEG 2000",
        _ => format.ToString().ToUpperInvariant(),
    };

    /// <summary>The product of two lengths of up to 32 bits, or the largest number where it is larger.</summary>
    internal static long Area(long width, long height) => (long)Int128.Min((Int128)width * height, long.MaxValue);

    internal static PictureHeader Refused(PictureFormat format, string problem) => new() { Format = format, Problem = problem };

    [SuppressMessage("Style", "IDE0046", Justification = "one line a format")]
    private static PictureFormat FormatOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
            return PictureFormat.Jpeg;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return PictureFormat.Png;
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
            return PictureFormat.Gif;
        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file.Slice(8, 4).SequenceEqual("WEBP"u8))
            return PictureFormat.Webp;
        if (file.StartsWith("BM"u8))
            return PictureFormat.Bmp;
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8))
            return PictureFormat.Tiff;
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ']) || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]))
            return PictureFormat.Jpeg2000;
        return file is [(byte)'P', >= (byte)'1' and <= (byte)'6', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..] ? PictureFormat.Pnm : PictureFormat.Unknown;
    }
}
