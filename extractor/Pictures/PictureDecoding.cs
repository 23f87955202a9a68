using OpenCvSharp;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>From a file's bytes to pixels of three bytes (blue, green, red), upright, over one colour where they are transparent.</summary>
/// <param name="background">Red, green and blue of what is behind transparent pixels.</param>
internal sealed class PictureDecoding(IReadOnlyList<int> background)
{
    private const int Twelve = (1 << 12) - 1;

    /// <summary>Decodes a picture.</summary>
    /// <param name="encoded">The file, in which no damage was found.</param>
    /// <param name="header">Its header.</param>
    /// <param name="reduction">For a JPEG, decode to that part of its sides: 1, 2, 4 or 8. Other formats have no such thing; what decoders do instead is to leave out pixels.</param>
    /// <param name="damage">Why it can't be decoded; null where it was.</param>
    /// <returns>[height, width, 3]; null where it can't be decoded.</returns>
    /// <exception cref="OpenCVException">It can't be decoded.</exception>
    public Mat? Decode(ReadOnlySpan<byte> encoded, PictureHeader header, int reduction, out string? damage)
    {
        bool isJpeg = header.Format == PictureFormat.Jpeg;
        var picture = Cv2.ImDecode(encoded, isJpeg ? Mode(reduction) : ImreadModes.Unchanged);
        damage = picture.Empty() ? "the picture can't be decoded"
            : picture.Depth() != MatType.CV_8U && picture.Depth() != MatType.CV_16U ? $"the picture's numbers are of a kind that is not read ({picture.Type()}; whole numbers of 8 or 16 bits are)"
            : picture.Channels() is 1 or 3 or 4 ? null
            : $"the picture has {picture.Channels()} channels; 1, 3 or 4 are read";
        if (damage is not null)
        {
            picture.Dispose();
            return null;
        }

        if (isJpeg)
            return picture;
        var result = ToBytes(picture, header);
        if (header.Covered is { } covered)
            Surround(result, covered);
        ExifOrientation.Apply(result, header.Orientation);
        return result;
    }

    private static ImreadModes Mode(int reduction) => reduction switch
    {
        8 => ImreadModes.ReducedColor8,
        4 => ImreadModes.ReducedColor4,
        2 => ImreadModes.ReducedColor2,
        _ => ImreadModes.Color,
    };

    /// <summary>Three channels of eight bits; the picture is disposed of.</summary>
    private Mat ToBytes(Mat picture, PictureHeader header)
    {
        using var transparent = TransparentGrey(picture, header);
        ToEightBits(picture, header);
        if (picture.Channels() == 3)
            return picture;
        var result = new Mat();
        using (picture)
        {
            if (picture.Channels() == 1)
                Cv2.CvtColor(picture, result, ColorConversionCodes.GRAY2BGR);
            else if (header.Alpha != PictureAlpha.Ignored && !IsOpaque(picture))
                Compose(picture, result, isPremultiplied: header.Alpha == PictureAlpha.Premultiplied);
            else
                Cv2.CvtColor(picture, result, ColorConversionCodes.BGRA2BGR);
        }

        if (transparent is not null)
            result.SetTo(Background, transparent);
        return result;
    }

    private Scalar Background => new(background[2], background[1], background[0]);

    private static Mat? TransparentGrey(Mat picture, PictureHeader header)
    {
        if (header.TransparentGrey is not { } grey || picture.Channels() != 1)
            return null;
        var mask = new Mat();
        Cv2.InRange(picture, new Scalar(grey), new Scalar(grey), mask);
        return mask;
    }

    /// <summary>
    /// Brings the range of the values to that of a byte, in place. The range is what the file declares, where no value is above it; else, of 16 bits,
    /// that of 8 or 12 bits where no value is above those, as scanners and cameras write them, else all of it.
    /// </summary>
    private static void ToEightBits(Mat picture, PictureHeader header)
    {
        bool isDeep = picture.Depth() == MatType.CV_16U;
        if (!isDeep && header.Peak is null)
            return;
        int full = isDeep ? ushort.MaxValue : byte.MaxValue;
        using var colours = picture.Channels() == 4 ? Colours(picture) : null;
        using var flat = (colours ?? picture).Reshape(1);
        Cv2.MinMaxLoc(flat, out _, out double largest);
        int peak = header.Peak is { } declared ? (largest <= declared ? declared : full)
            : largest <= byte.MaxValue ? byte.MaxValue
            : largest <= Twelve ? Twelve : full;
        double scale = header.IsInverted ? -255.0 / peak : 255.0 / peak;
        if (picture.Channels() == 4)
        {
            // Opacity may have the whole range where colours have not.
            using var alpha = picture.ExtractChannel(3);
            Cv2.MinMaxLoc(alpha, out _, out double opaque);
            alpha.ConvertTo(alpha, MatType.CV_8U, 255.0 / (opaque <= peak ? peak : full));
            picture.ConvertTo(picture, MatType.CV_8U, scale);
            Cv2.InsertChannel(alpha, picture, 3);
            return;
        }

        picture.ConvertTo(picture, MatType.CV_8U, scale, header.IsInverted ? 255 : 0);
    }

    private static Mat Colours(Mat picture)
    {
        var channels = new Mat(picture.Rows, picture.Cols, MatType.MakeType(picture.Depth(), 3));
        Cv2.MixChannels([picture], [channels], [0, 0, 1, 1, 2, 2]);
        return channels;
    }

    private static bool IsOpaque(Mat picture)
    {
        using var alpha = picture.ExtractChannel(3);
        Cv2.MinMaxLoc(alpha, out double least, out double _);
        return least == byte.MaxValue;
    }

    /// <summary>Colour · opacity + background · (1 − opacity), rounded.</summary>
    private unsafe void Compose(Mat picture, Mat result, bool isPremultiplied)
    {
        var (rows, columns, blue, green, red) = (picture.Rows, picture.Cols, background[2], background[1], background[0]);
        result.Create(rows, columns, MatType.CV_8UC3);
        for (int y = 0; y < rows; y++)
        {
            byte* from = (byte*)picture.Ptr(y), to = (byte*)result.Ptr(y);
            for (int x = 0; x < columns; x++, from += 4, to += 3)
            {
                int alpha = from[3], weight = isPremultiplied ? byte.MaxValue : alpha;
                to[0] = Over(from[0] * weight, blue, alpha);
                to[1] = Over(from[1] * weight, green, alpha);
                to[2] = Over(from[2] * weight, red, alpha);
            }
        }
    }

    private static byte Over(int weighted, int behind, int alpha) => (byte)Math.Min((weighted + behind * (byte.MaxValue - alpha) + byte.MaxValue / 2) / byte.MaxValue, byte.MaxValue);

    /// <summary>What a first frame does not cover shows what is behind, whatever colour the decoder has filled in.</summary>
    private void Surround(Mat picture, (int X, int Y, int Width, int Height) covered)
    {
        using var around = new Mat(picture.Rows, picture.Cols, MatType.CV_8UC1, new Scalar(byte.MaxValue));
        Cv2.Rectangle(around, new Rect(covered.X, covered.Y, covered.Width, covered.Height), new Scalar(0), -1);
        picture.SetTo(Background, around);
    }
}
