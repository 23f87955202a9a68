using OpenCvSharp;
using UniM2Rec.Extractor.Pictures;

namespace UniM2Rec.Tests.Pictures;

public class PictureHeaderTests
{
    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    public void A_whole_picture_is_sound_and_every_cut_is_found(string format)
    {
        byte[] file = Encode(format);

        Assert.Equal(new PictureHeader(48, 32, null), PictureHeader.Read(file));
        for (int length = 16; length < file.Length - (format == ".png" ? 8 : 1); length += 7)
            Assert.Contains("cut short", PictureHeader.Read(file.AsSpan(0, length)).Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_marker_of_an_embedded_thumbnail_does_not_count()
    {
        byte[] file = Encode(".jpg");
        byte[] segment = [0xFF, 0xE1, 0x00, 0x06, 0xFF, 0xD8, 0xFF, 0xD9];
        byte[] withThumbnail = [.. file[..2], .. segment, .. file[2..]];

        Assert.Null(PictureHeader.Read(withThumbnail).Damage);
        Assert.NotNull(PictureHeader.Read(withThumbnail.AsSpan(0, withThumbnail.Length - 2)).Damage);
    }

    [Fact]
    public void Bytes_after_the_end_do_no_harm()
    {
        byte[] file = [.. Encode(".jpg"), 1, 2, 3];

        Assert.Null(PictureHeader.Read(file).Damage);
    }

    internal static byte[] Encode(string format)
    {
        using var picture = new Mat(32, 48, MatType.CV_8UC3, new Scalar(10, 120, 240));
        Cv2.Rectangle(picture, new Rect(8, 8, 20, 10), new Scalar(200, 30, 60), -1);
        Cv2.ImEncode(format, picture, out byte[]? bytes);
        return bytes;
    }
}
