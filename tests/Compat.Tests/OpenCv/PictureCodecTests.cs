using OpenCvSharp;

namespace UniM2Rec.Tests.OpenCv;

public class PictureCodecTests
{
    [Fact]
    public void Png_gives_back_exactly_the_pixels_that_were_encoded()
    {
        using var picture = Gradient(rows: 7, cols: 5);
        Cv2.ImEncode(".png", picture, out var png);

        using var decoded = Cv2.ImDecode(png, ImreadModes.Color);

        Assert.Equal((7, 5, 3), (decoded.Rows, decoded.Cols, decoded.Channels()));
        Assert.Equal(MatType.CV_8UC3, decoded.Type());
        Assert.Equal(picture.AsSpan<byte>().ToArray(), decoded.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Decoded_pixels_are_in_blue_green_red_order()
    {
        using var orange = new Mat(2, 2, MatType.CV_8UC3, Scalar.FromRgb(250, 120, 10));
        Cv2.ImEncode(".png", orange, out var png);

        using var decoded = Cv2.ImDecode(png.AsSpan(), ImreadModes.Color);

        Assert.Equal(new Vec3b(10, 120, 250), decoded.At<Vec3b>(1, 1));
    }

    [Theory]
    [InlineData(ImreadModes.ReducedColor2, 2)]
    [InlineData(ImreadModes.ReducedColor4, 4)]
    [InlineData(ImreadModes.ReducedColor8, 8)]
    public void Reduced_modes_decode_a_jpeg_at_a_fraction_of_its_size(ImreadModes mode, int divisor)
    {
        using var grey = new Mat(64, 96, MatType.CV_8UC3, Scalar.All(77));
        Cv2.ImEncode(".jpg", grey, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, 95));

        using var decoded = Cv2.ImDecode(jpeg, mode);

        Assert.Equal(new Size(96 / divisor, 64 / divisor), decoded.Size());
        Assert.All(decoded.AsSpan<byte>().ToArray(), value => Assert.InRange(value, 76, 78));
    }

    [Fact]
    public void Greyscale_mode_weighs_the_channels_by_luma()
    {
        using var colour = new Mat(1, 1, MatType.CV_8UC3, Scalar.FromRgb(200, 100, 50));
        Cv2.ImEncode(".png", colour, out var png);

        using var grey = Cv2.ImDecode(png, ImreadModes.Grayscale);

        Assert.Equal(1, grey.Channels());
        Assert.Equal((byte)Math.Round((0.299 * 200) + (0.587 * 100) + (0.114 * 50)), grey.At<byte>(0, 0));
    }

    [Fact]
    public void Bytes_that_are_no_picture_give_an_empty_matrix()
    {
        using var decoded = Cv2.ImDecode("not a picture at all"u8, ImreadModes.Color);

        Assert.True(decoded.Empty());
        Assert.Equal((0, 0), (decoded.Rows, decoded.Cols));
    }

    [Fact]
    public void No_bytes_are_refused()
        => Assert.Throws<ArgumentException>(() => Cv2.ImDecode(ReadOnlySpan<byte>.Empty, ImreadModes.Color));

    [Fact]
    public void Jpeg_cut_in_half_still_decodes_to_its_full_size()
    {
        using var picture = Gradient(rows: 128, cols: 128);
        Cv2.ImEncode(".jpg", picture, out var jpeg);

        using var decoded = Cv2.ImDecode(jpeg.AsSpan(0, jpeg.Length / 2), ImreadModes.Color);

        Assert.Equal(new Size(128, 128), decoded.Size());
    }

    [Fact]
    public void Files_are_written_in_the_format_of_their_extension_and_read_back()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "naïve ☂.png");
            using var picture = Gradient(rows: 3, cols: 4);

            Assert.True(Cv2.ImWrite(path, picture));
            using var read = Cv2.ImRead(path);

            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(path)[..4]);
            Assert.Equal(picture.AsSpan<byte>().ToArray(), read.AsSpan<byte>().ToArray());
            using var missing = Cv2.ImRead(Path.Combine(folder.FullName, "missing.png"));
            Assert.True(missing.Empty());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Unknown_extension_is_an_opencv_error()
    {
        using var picture = Gradient(rows: 2, cols: 2);

        var error = Assert.Throws<OpenCVException>(() => Cv2.ImEncode(".nonsense", picture, out _));

        Assert.NotEqual(ErrorCode.StsOk, error.Status);
        Assert.NotEmpty(error.Message);
    }

    private static Mat Gradient(int rows, int cols)
    {
        var picture = new Mat(rows, cols, MatType.CV_8UC3);
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < cols; x++)
                picture.Set(y, x, new Vec3b((byte)(x * 31), (byte)(y * 17), (byte)((x + y) * 11)));
        }
        return picture;
    }
}
