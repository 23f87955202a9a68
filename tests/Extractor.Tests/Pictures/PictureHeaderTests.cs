using System.Buffers.Binary;
using OpenCvSharp;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Tests.Pictures;

public class PictureHeaderTests
{
    private static readonly string[] Formats = [".jpg", ".png", ".webp", ".bmp", ".tiff", ".gif", ".jp2", ".ppm"];

    [Fact]
    public void The_size_of_every_format_is_read_from_its_header()
    {
        foreach (string format in Formats)
        {
            var header = PictureHeader.Read(Encode(format));
            Assert.Equal((format, (long)48, (long)32, null), (format, header.Width, header.Height, header.Problem));
            Assert.Null(header.FindDamage(Encode(format)));
        }
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    public void Every_cut_is_found(string format)
    {
        byte[] file = Encode(format);

        for (int length = 16; length < file.Length - (format == ".png" ? 8 : 1); length += 7)
            Assert.Contains("cut short", Problem(file[..length]), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_every_format_is_a_reject()
    {
        foreach (string format in Formats)
        {
            byte[] file = Encode(format);
            for (int part = 1; part < 8; part++)
                Assert.True(Rejects(file[..(file.Length * part / 8)]), $"{format}, {part} eighths");
        }
    }

    [Fact]
    public void The_end_marker_of_an_embedded_thumbnail_does_not_count()
    {
        byte[] file = Encode(".jpg");
        byte[] segment = [0xFF, 0xE1, 0x00, 0x06, 0xFF, 0xD8, 0xFF, 0xD9];
        byte[] withThumbnail = [.. file[..2], .. segment, .. file[2..]];

        Assert.Null(Problem(withThumbnail));
        Assert.NotNull(Problem(withThumbnail[..^2]));
    }

    [Fact]
    public void Bytes_after_the_end_do_no_harm() => Assert.Null(Problem([.. Encode(".jpg"), 1, 2, 3]));

    [Fact]
    public void A_changed_bit_of_a_png_is_found_wherever_it_is()
    {
        byte[] file = Encode(".png");
        for (int at = 8; at < file.Length; at += 3)
        {
            byte[] changed = [.. file];
            changed[at] ^= 0x10;
            Assert.True(Rejects(changed), $"byte {at}");
        }
    }

    [Fact]
    public void A_tiff_whose_strips_are_not_all_there_is_cut_short()
    {
        byte[] pixels = new byte[12];

        Assert.Null(Problem(HandmadePictures.Tiff(2, 2, 8, 3, 2, pixels)));
        Assert.Contains("fewer bytes than pixels", Problem(HandmadePictures.Tiff(2, 4, 8, 3, 2, pixels)), StringComparison.Ordinal);
        Assert.Contains("behind the end", Problem(HandmadePictures.Tiff(2, 4, 8, 3, 2, pixels, (279, [2400]))), StringComparison.Ordinal);
    }

    /// <summary>Each format with its size written over; nothing of that size could be decoded in the time that a test has.</summary>
    [Fact]
    public void More_pixels_than_allowed_are_refused_by_the_header_alone()
    {
        const int side = 32_000;
        foreach (var (format, width, height, bytes) in new[] { (".png", 16, 20, 4), (".bmp", 18, 22, 4), (".gif", 6, 8, 2), (".tiff", 0, 0, 2), (".jpg", 0, 0, 2), (".jp2", 0, 0, 4) })
        {
            byte[] file = Encode(format);
            var (across, down) = (width, height);
            if (format == ".jpg")
                (across, down) = (file.AsSpan().IndexOf((byte[])[0xFF, 0xC0]) + 7, file.AsSpan().IndexOf((byte[])[0xFF, 0xC0]) + 5);
            if (format == ".jp2")
                (across, down) = (file.AsSpan().IndexOf((byte[])[0xFF, 0x51]) + 6, file.AsSpan().IndexOf((byte[])[0xFF, 0x51]) + 10);
            if (format == ".tiff")
            {
                file = HandmadePictures.Tiff(side, side, 8, 3, 2, new byte[12]);
            }
            else
            {
                foreach (int at in new[] { across, down })
                {
                    byte[] number = BitConverter.GetBytes(side)[..bytes];
                    if (format is ".png" or ".jpg" or ".jp2")
                        Array.Reverse(number);
                    number.CopyTo(file, at);
                }
            }

            Assert.Equal((format, $"the picture declares 32,000 x 32,000 pixels, more than the 67,108,864 that are allowed (maxPicturePixels)"), (format, Prepare(file)));
        }
    }

    [Fact]
    public void Areas_frames_and_tiles_count_as_well()
    {
        byte[] canvas = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0];
        byte[] webp = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. canvas, .. Encode(".webp")[12..]];
        BinaryPrimitives.WriteInt32LittleEndian(webp.AsSpan(4), webp.Length - 8);
        foreach (byte[] file in new[]
        {
            webp,
            HandmadePictures.Gif((2, 1), (0, 0, 40_000, 40_000), -1, [1, 2]),
            HandmadePictures.Tiff(2, 2, 8, 3, 2, new byte[12], (322, [60_000]), (323, [60_000])),
            [.. "P6 70000 70000 255\n"u8],
        })
        {
            Assert.Contains("are allowed (maxPicturePixels)", Prepare(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Other_formats_are_refused_by_name()
    {
        foreach (byte[] file in new byte[][] { [.. "#?RADIANCE\n"u8], [.. "\0\0\0\u001cftypavif"u8], [.. "no picture at all"u8], [0x59, 0xA6, 0x6A, 0x95] })
            Assert.Equal("the picture is of none of the formats that are read (JPEG, PNG, GIF, WebP, BMP, TIFF, JPEG 2000, PNM)", Prepare(file));
    }

    [Fact]
    public void Damaged_files_are_rejects_and_never_thrown()
    {
        var random = new Random(7);
        foreach (string format in Formats)
        {
            byte[] file = Encode(format);
            for (int round = 0; round < 150; round++)
            {
                byte[] changed = file[..random.Next(file.Length / 2, file.Length + 1)];
                for (int change = random.Next(4); change >= 0; change--)
                    changed[random.Next(changed.Length)] = (byte)random.Next(256);
                var header = PictureHeader.Read(changed);
                if (header.Problem is null && header.Pixels < 100_000)
                    Assert.True(Prepare(changed) is null or { Length: > 0 });
            }
        }
    }

    internal static byte[] Encode(string format)
    {
        using var picture = new Mat(32, 48, MatType.CV_8UC3, new Scalar(10, 120, 240));
        Cv2.Rectangle(picture, new Rect(8, 8, 20, 10), new Scalar(200, 30, 60), -1);
        Cv2.ImEncode(format, picture, out byte[]? bytes);
        return bytes;
    }

    /// <summary>What header and structure say.</summary>
    private static string? Problem(byte[] file)
    {
        var header = PictureHeader.Read(file);
        return header.Problem ?? header.FindDamage(file);
    }

    private static bool Rejects(byte[] file) => Prepare(file) is not null;

    private static string? Prepare(byte[] file)
    {
        var preparation = new PicturePreparation(new ImageSpec { Size = 8 });
        return preparation.PrepareBytes(file, new float[preparation.Length]);
    }
}
