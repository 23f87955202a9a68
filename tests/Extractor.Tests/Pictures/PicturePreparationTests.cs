using OpenCvSharp;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Tests.Pictures;

public class PicturePreparationTests
{
    [Theory]
    [InlineData(ChannelOrder.Rgb, 240, 120, 10)]
    [InlineData(ChannelOrder.Bgr, 10, 120, 240)]
    public void Channels_are_planes_in_the_order_asked_for_and_normalised(ChannelOrder order, int first, int second, int third)
    {
        using var picture = new Mat(40, 60, MatType.CV_8UC3, new Scalar(10, 120, 240));
        Cv2.ImEncode(".png", picture, out byte[]? bytes);
        var spec = new ImageSpec { Size = 8, Mean = [0.5f, 0.25f, 0f], Std = [0.5f, 1f, 2f], Channels = order };
        var preparation = new PicturePreparation(spec);
        float[] values = new float[preparation.Length];

        Assert.Null(preparation.PrepareBytes(bytes, values));

        float[] expected = new[] { first, second, third }.Select((v, c) => (float)((v / 255.0 - spec.Mean[c]) / spec.Std[c])).ToArray();
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(expected[i / 64], values[i], 5);
    }

    [Fact]
    public void The_centre_is_cut_out_of_a_wide_picture()
    {
        using var picture = new Mat(20, 60, MatType.CV_8UC3, new Scalar(0, 0, 0));
        Cv2.Rectangle(picture, new Rect(20, 0, 20, 20), new Scalar(255, 255, 255), -1);
        Cv2.ImEncode(".png", picture, out byte[]? bytes);
        var preparation = new PicturePreparation(new ImageSpec { Size = 20 });
        float[] values = new float[preparation.Length];

        Assert.Null(preparation.PrepareBytes(bytes, values));

        Assert.All(values, v => Assert.Equal(1f, v));
    }

    [Fact]
    public void A_reduced_decode_comes_close_to_a_full_one()
    {
        using var picture = new Mat(640, 640, MatType.CV_8UC3, new Scalar(90, 90, 90));
        for (int i = 0; i < 8; i++)
            Cv2.Rectangle(picture, new Rect(80 * i, 60 * i, 80, 90), new Scalar(30 * i, 255 - 30 * i, 128), -1);
        Cv2.ImEncode(".jpg", picture, out byte[]? jpeg);
        Cv2.ImEncode(".png", picture, out byte[]? png);
        var preparation = new PicturePreparation(new ImageSpec { Size = 64, Interpolation = Interpolation.Area });
        var (reduced, full) = (new float[preparation.Length], new float[preparation.Length]);
        preparation.PrepareBytes(jpeg, reduced);
        preparation.PrepareBytes(png, full);

        Assert.True(reduced.Zip(full, (a, b) => Math.Abs(a - b)).Average() < 0.01);
    }

    /// <summary>Leaving out pixels, as a reduced decode of another format does, would see the white columns alone, or none.</summary>
    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".webp")]
    [InlineData(".bmp")]
    [InlineData(".tiff")]
    public void Fine_stripes_are_seen_as_their_mean(string format)
    {
        using var stripes = new Mat(2048, 2048, MatType.CV_8UC3, new Scalar(0, 0, 0));
        for (int x = 0; x < 2048; x += 4)
            Cv2.Line(stripes, new Point(x, 0), new Point(x, 2047), new Scalar(255, 255, 255));
        Cv2.ImEncode(format, stripes, out byte[]? file, new ImageEncodingParam(ImwriteFlags.WebPQuality, 101));
        foreach (var interpolation in new[] { Interpolation.Area, Interpolation.Bilinear })
        {
            var preparation = new PicturePreparation(new ImageSpec { Size = 64, Interpolation = interpolation, Rescale = 1 });
            float[] values = new float[preparation.Length];

            Assert.Null(preparation.PrepareBytes(file, values));

            Assert.Equal(63.75f, values.Average(), 0.5f);
        }
    }

    [Fact]
    public void What_can_not_be_used_is_reported_and_not_thrown()
    {
        var preparation = new PicturePreparation(new ImageSpec { Size = 8 });
        float[] values = new float[preparation.Length];

        Assert.Equal("the picture's file does not exist", preparation.Prepare(Path.Combine(Path.GetTempPath(), "no-such-picture.jpg"), values));
        Assert.Equal("the file is empty", preparation.PrepareBytes([], values));
        Assert.StartsWith("the picture is of none of the formats", preparation.PrepareBytes("not a picture at all"u8, values), StringComparison.Ordinal);
        Assert.All(values, v => Assert.Equal(0f, v));
    }
}
