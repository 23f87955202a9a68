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

    [Fact]
    public void Sixteen_bits_a_channel_become_the_upper_eight()
    {
        using var deep = new Mat(16, 16, MatType.CV_16UC3, new Scalar(10 * 257, 120 * 257, 240 * 257));
        Cv2.ImEncode(".png", deep, out byte[]? file);

        AssertColour(file, 240, 120, 10, tolerance: 0);
    }

    [Fact]
    public void Transparency_is_left_out_and_the_colours_stay()
    {
        using var clear = new Mat(16, 16, MatType.CV_8UC4, new Scalar(10, 120, 240, 64));
        Cv2.ImEncode(".png", clear, out byte[]? file);

        AssertColour(file, 240, 120, 10, tolerance: 0);
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
