using OpenCvSharp;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pictures;

/// <summary>Pictures as catalogues have them, and what an encoder is to see of each.</summary>
public class PictureFormatTests
{
    private const int Side = 8;
    private static readonly Scalar Red = new(0, 0, 255);
    private static readonly Scalar Blue = new(255, 0, 0);

    /// <summary>How a camera was held (Exif, tag 0x0112): 6 and 8 are a quarter turn clockwise and back, 3 half a turn, 2 a mirror.</summary>
    [Theory]
    [InlineData(1, "red", "blue", "red", "blue")]
    [InlineData(2, "blue", "red", "blue", "red")]
    [InlineData(3, "blue", "red", "blue", "red")]
    [InlineData(6, "red", "red", "blue", "blue")]
    [InlineData(8, "blue", "blue", "red", "red")]
    public void A_photograph_is_seen_upright_also_where_it_is_decoded_smaller(int orientation, string topLeft, string topRight, string bottomLeft, string bottomRight)
    {
        foreach (int width in new[] { 64, 1024 })
        {
            using var picture = new Mat(width / 2, width, MatType.CV_8UC3, Red);
            Cv2.Rectangle(picture, new Rect(width / 2, 0, width / 2, width / 2), Blue, -1);
            Cv2.ImEncode(".jpg", picture, out byte[]? jpeg);

            float[] seen = Prepare([.. jpeg[..2], .. ExifSegment(orientation), .. jpeg[2..]]);

            Assert.Equal([topLeft, topRight, bottomLeft, bottomRight], new[] { (1, 1), (6, 1), (1, 6), (6, 6) }.Select(at => NameAt(seen, at.Item1, at.Item2)));
        }
    }

    [Fact]
    public void Grey_pictures_have_three_equal_channels()
    {
        using var grey = new Mat(16, 16, MatType.CV_8UC1, new Scalar(93));
        foreach (string? format in new[] { ".png", ".jpg" })
        {
            Cv2.ImEncode(format, grey, out byte[]? file);
            Assert.All(Prepare(file), value => Assert.Equal(93f, value));
        }
    }

    [Theory]
    [InlineData(257, 1, 65535)]
    [InlineData(4095, 255, 4095)]
    [InlineData(255, 255, 255)]
    [InlineData(1000, 62, 4095)]
    [InlineData(4096, 16, 65535)]
    public void Sixteen_bits_become_eight_by_the_range_that_they_have(ushort value, int expected, int range)
    {
        foreach (string format in new[] { ".png", ".tiff", ".jp2" })
        {
            using var deep = new Mat(32, 32, MatType.CV_16UC3, new Scalar(range, range, range));
            Cv2.Rectangle(deep, new Rect(0, 0, 16, 32), new Scalar(value, value, value), -1);
            Cv2.ImEncode(format, deep, out byte[]? file, new ImageEncodingParam((ImwriteFlags)272, 1000));

            float[] seen = Prepare(file);
            Assert.Equal((format, (float)expected, 255f), (format, seen[0], seen[Side - 1]));
        }
    }

    [Fact]
    public void A_declared_range_counts_where_no_value_is_above_it()
    {
        // Ten significant bits, as they are (300 of 1023) and spread over sixteen.
        AssertColour(HandmadePictures.Png(1, 1, 16, 0, [0, 1, 44], ("sBIT", [10])), 75, 75, 75, 0);
        AssertColour(HandmadePictures.Png(1, 1, 16, 0, [0, 0x80, 0x80], ("sBIT", [10])), 128, 128, 128, 0);
        AssertColour(HandmadePictures.Tiff(1, 1, 16, 1, 1, [0x00, 0x10], (281, [16383])), 64, 64, 64, 0);
        AssertColour([.. "P5 1 1 15\n"u8, 5], 85, 85, 85, 0);
        AssertColour([.. "P5 1 1 1023\n"u8, 1, 44], 75, 75, 75, 0);
    }

    /// <summary>One transparent pixel beside one that is opaque, and one in between.</summary>
    [Theory]
    [InlineData(null, 255, 255, 255)]
    [InlineData(new[] { 0, 0, 0 }, 0, 0, 0)]
    [InlineData(new[] { 10, 200, 30 }, 10, 200, 30)]
    public void Transparent_pixels_show_what_is_behind_and_not_their_hidden_colour(int[]? background, int red, int green, int blue)
    {
        int Half(int colour, int behind) => (colour * 128 + behind * 127 + 127) / 255;
        byte[] rgba = [10, 20, 30, 0, 40, 50, 60, 255, 70, 80, 90, 128];
        byte[] bgra = [30, 20, 10, 0, 60, 50, 40, 255, 90, 80, 70, 128];
        using var four = Mat.FromPixelData(1, 3, MatType.CV_8UC4, bgra);
        Cv2.ImEncode(".webp", four, out byte[]? webp, new ImageEncodingParam(ImwriteFlags.WebPQuality, 101));
        foreach (byte[] file in new[]
        {
            HandmadePictures.Png(3, 1, 8, 6, [0, .. rgba]),
            HandmadePictures.Png(3, 1, 16, 6, [0, .. rgba.SelectMany(v => new[] { v, v })]),
            HandmadePictures.Png(3, 1, 8, 3, [0, 0, 1, 2], ("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90]), ("tRNS", [0, 255, 128])),
            HandmadePictures.Tiff(3, 1, 8, 4, 2, rgba, (338, [2])),
            HandmadePictures.Tiff(3, 1, 16, 4, 2, [.. rgba.SelectMany(v => new[] { v, v })], (338, [2])),
            webp,
        })
        {
            float[] seen = Row(file, 3, background);
            Assert.Equal([red, green, blue], seen[..3]);
            Assert.Equal([40f, 50, 60], seen[3..6]);
            foreach (var (i, (colour, behind)) in new[] { (70, red), (80, green), (90, blue) }.Index())
                Assert.InRange(seen[6 + i], Half(colour, behind) - 1, Half(colour, behind) + 1);
        }
    }

    [Fact]
    public void Colours_that_are_multiplied_already_are_not_multiplied_again()
    {
        byte[] premultiplied = [0, 0, 0, 0, 40, 50, 60, 255];

        Assert.Equal([255f, 255, 255, 40, 50, 60], Row(HandmadePictures.Tiff(2, 1, 8, 4, 2, premultiplied, (338, [1])), 2));
        Assert.Equal([167f, 177, 187], Row(HandmadePictures.Tiff(1, 1, 8, 4, 2, [40, 50, 60, 128], (338, [1])), 1));
    }

    [Fact]
    public void A_transparent_grey_or_colour_is_one_value()
    {
        Assert.Equal([255f, 255, 255, 20, 20, 20], Row(HandmadePictures.Png(2, 1, 8, 0, [0, 10, 20], ("tRNS", [0, 10])), 2));
        Assert.Equal([255f, 255, 255, 136, 136, 136], Row(HandmadePictures.Png(2, 1, 4, 0, [0, 0x18], ("tRNS", [0, 1])), 2));
        Assert.Equal([255f, 255, 255, 40, 50, 60], Row(HandmadePictures.Png(2, 1, 8, 2, [0, 10, 20, 30, 40, 50, 60], ("tRNS", [0, 10, 0, 20, 0, 30])), 2));
        Assert.Equal([255f, 255, 255, 30, 60, 90], Row(HandmadePictures.Gif((2, 1), (0, 0, 2, 1), 1, [1, 2]), 2));
        Assert.Equal([255f, 255, 255, 20, 40, 60, 30, 60, 90], Row(HandmadePictures.Gif((3, 1), (1, 0, 2, 1), -1, [1, 2]), 3));
    }

    [Fact]
    public void A_fourth_channel_that_says_nothing_hides_nothing()
    {
        byte[] bgr0 = [30, 20, 10, 0, 60, 50, 40, 0];

        Assert.Equal([10f, 20, 30, 40, 50, 60], Row(HandmadePictures.Bitmap(bgr0, withMaskOfAlpha: false), 2));
        Assert.Equal([255f, 255, 255, 255, 255, 255], Row(HandmadePictures.Bitmap(bgr0, withMaskOfAlpha: true), 2));
        Assert.Equal([10f, 20, 30, 40, 50, 60], Row(HandmadePictures.Tiff(2, 1, 8, 4, 2, [10, 20, 30, 0, 40, 50, 60, 0], (338, [0])), 2));
    }

    [Fact]
    public void Grey_palettes_and_inks_have_their_colours()
    {
        Assert.Equal([155f, 155, 155, 205, 205, 205], Row(HandmadePictures.Tiff(2, 1, 8, 1, 0, [100, 50]), 2));
        Assert.Equal([0f, 0, 0, 255, 255, 255], Row(HandmadePictures.Tiff(2, 1, 16, 1, 0, [255, 255, 0, 0]), 2));
        Assert.Equal([0f, 255, 255, 0, 0, 0], Row(HandmadePictures.Tiff(2, 1, 8, 4, 5, [255, 0, 0, 0, 0, 0, 0, 255], (332, [1])), 2));
        Assert.Equal([10f, 20, 30, 40, 50, 60], Row(HandmadePictures.Png(2, 1, 8, 3, [0, 0, 1], ("PLTE", [10, 20, 30, 40, 50, 60])), 2));
        Assert.Equal([17f, 17, 17, 255, 255, 255], Row(HandmadePictures.Png(2, 1, 4, 0, [0, 0x1F]), 2));
    }

    /// <summary>The left half red, the right one blue, stored so that a quarter turn clockwise is needed: red is on top then.</summary>
    [Fact]
    public void Pictures_that_are_no_photographs_are_seen_upright_too()
    {
        byte[] clear = [255, 0, 0, 255, 0, 0, 255, 255], colours = [255, 0, 0, 0, 0, 255];
        using var two = Mat.FromPixelData(1, 2, MatType.CV_8UC3, (byte[])[0, 0, 255, 255, 0, 0]);
        Cv2.ImEncode(".webp", two, out byte[]? webp, new ImageEncodingParam(ImwriteFlags.WebPQuality, 101));
        byte[] exif = HandmadePictures.Exif(6);
        byte[] turned = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, .. webp[12..], .. "EXIF"u8, .. BitConverter.GetBytes(exif.Length), .. exif];
        BitConverter.GetBytes(turned.Length - 8).CopyTo(turned, 4);
        foreach (byte[] file in new[]
        {
            HandmadePictures.Png(2, 1, 8, 6, [0, .. clear], ("eXIf", exif)),
            HandmadePictures.Png(2, 1, 16, 2, [0, .. colours.SelectMany(v => new[] { v, v })], ("eXIf", exif)),
            HandmadePictures.Png(2, 1, 8, 2, [0, .. colours], ("eXIf", exif)),
            HandmadePictures.Tiff(2, 1, 8, 4, 2, clear, (338, [2]), (274, [6])),
            HandmadePictures.Tiff(2, 1, 8, 3, 2, colours, (274, [6])),
            turned,
        })
        {
            float[] seen = Prepare(file);
            Assert.Equal(["red", "red", "blue", "blue"], new[] { (0, 0), (7, 0), (0, 7), (7, 7) }.Select(at => NameAt(seen, at.Item1, at.Item2)));
        }
    }

    [Theory]
    [InlineData(1, "abcd")]
    [InlineData(2, "badc")]
    [InlineData(3, "dcba")]
    [InlineData(4, "cdab")]
    [InlineData(5, "acbd")]
    [InlineData(6, "cadb")]
    [InlineData(7, "dbca")]
    [InlineData(8, "bdac")]
    public void Each_orientation_puts_the_four_corners_in_their_place(int orientation, string expected)
    {
        // a b
        // c d
        byte[] file = HandmadePictures.Png(2, 2, 8, 0, [0, 10, 20, 0, 30, 40], ("eXIf", HandmadePictures.Exif(orientation)));

        float[] seen = Prepare(file);

        Assert.Equal(expected, string.Concat(new[] { (0, 0), (7, 0), (0, 7), (7, 7) }.Select(at => "abcd"[(int)seen[at.Item2 * Side + at.Item1] / 10 - 1])));
    }

    [Fact]
    public void Numbers_without_a_range_of_brightness_are_refused()
    {
        Assert.Contains("numbers with a sign or a point", Refusal(HandmadePictures.Tiff(1, 1, 32, 1, 1, [0, 0, 0, 0x3F], (339, [3]))), StringComparison.Ordinal);
        Assert.Contains("grey with transparency", Refusal(HandmadePictures.Tiff(1, 1, 8, 2, 1, [10, 0], (338, [2]))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 255, 255, 255)]
    [InlineData(0, 255, 255, 0, 255, 0, 0)]
    [InlineData(255, 0, 0, 0, 0, 255, 255)]
    [InlineData(0, 0, 0, 255, 0, 0, 0)]
    [InlineData(51, 102, 153, 51, 163, 122, 81)]
    public void Inks_become_light(byte cyan, byte magenta, byte yellow, byte black, int red, int green, int blue) =>
        AssertColour(FlatCmykJpeg.Write(cyan, magenta, yellow, black), red, green, blue, tolerance: 2);

    [Theory]
    [InlineData(".png", 0)]
    [InlineData(".bmp", 0)]
    [InlineData(".jpg", 3)]
    [InlineData(".webp", 3)]
    public void The_usual_formats_are_decoded(string format, int tolerance)
    {
        using var picture = new Mat(16, 16, MatType.CV_8UC3, new Scalar(10, 120, 240));
        Cv2.ImEncode(format, picture, out byte[]? file);

        AssertColour(file, 240, 120, 10, tolerance);
    }

    [Fact]
    public void A_file_may_have_any_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["naïve ☂ 図.png"], PictureHeaderTests.Encode(".png"));
        var preparation = new PicturePreparation(new ImageSpec { Size = Side });

        Assert.Null(preparation.Prepare(folder["naïve ☂ 図.png"], new float[preparation.Length]));
    }

    private static void AssertColour(byte[] file, int red, int green, int blue, int tolerance)
    {
        float[] seen = Prepare(file);
        for (int i = 0; i < seen.Length; i++)
            Assert.InRange(seen[i] - new[] { red, green, blue }[i / (Side * Side)], -tolerance, tolerance);
    }

    private static string? Refusal(byte[] file) => new PicturePreparation(new ImageSpec { Size = Side }).PrepareBytes(file, new float[3 * Side * Side]);

    /// <summary>The pixels of a picture of one row, each red, green, blue.</summary>
    private static float[] Row(byte[] file, int width, int[]? background = null)
    {
        var preparation = new PicturePreparation(new ImageSpec { Size = width, ResizeMode = ResizeMode.Stretch, Interpolation = Interpolation.Nearest, Rescale = 1, Background = background });
        float[] values = new float[preparation.Length];
        Assert.Null(preparation.PrepareBytes(file, values));
        return [.. Enumerable.Range(0, width).SelectMany(x => Enumerable.Range(0, 3).Select(channel => values[channel * width * width + x]))];
    }

    /// <summary>[3, side, side], red first, bytes as they are.</summary>
    private static float[] Prepare(byte[] file)
    {
        var preparation = new PicturePreparation(new ImageSpec { Size = Side, ResizeMode = ResizeMode.Stretch, Interpolation = Interpolation.Area, Rescale = 1 });
        float[] values = new float[preparation.Length];
        Assert.Null(preparation.PrepareBytes(file, values));
        return values;
    }

    private static string NameAt(float[] seen, int x, int y) =>
        (seen[y * Side + x], seen[2 * Side * Side + y * Side + x]) switch { ( > 200, < 50) => "red", ( < 50, > 200) => "blue", var other => other.ToString() };

    /// <summary>An APP1 segment whose one entry is the orientation.</summary>
    private static byte[] ExifSegment(int orientation) =>
    [
        0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II"u8, 42, 0, 8, 0, 0, 0,
        1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0,
    ];
}
