using OpenCvSharp;
using UniM2Rec.Extractor.Pictures;

namespace UniM2Rec.Tests.Pictures;

/// <summary>JPEG data that end early or make no sense, which decoders fill up with grey and take for a picture.</summary>
public class JpegScansTests
{
    public static TheoryData<string, int, int, int, int> Forms { get; } = new()
    {
        { "sequential", 48, 32, 0, 0x221111 },
        { "sequential, finest chroma", 47, 33, 0, 0x111111 },
        { "sequential, wide chroma", 100, 9, 0, 0x211111 },
        { "sequential with restarts", 61, 45, 3, 0x221111 },
        { "progressive", 48, 32, 0, 0x221111 },
        { "progressive, odd sides", 131, 77, 0, 0x411111 },
        { "progressive with restarts", 65, 65, 2, 0x221111 },
        { "grey", 33, 17, 0, 0 },
        { "progressive grey", 33, 17, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Whole_pictures_are_sound(string form, int width, int height, int restarts, int sampling)
    {
        foreach (int quality in new[] { 5, 60, 100 })
            Assert.Null(Damage(Encode(form, (width, height), restarts, sampling, quality)));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_cut_with_an_end_marker_put_behind_it_is_found(string form, int width, int height, int restarts, int sampling)
    {
        byte[] file = Encode(form, (width, height), restarts, sampling, quality: 60);
        int data = file.AsSpan().IndexOf((byte[])[0xFF, 0xDA]) + 4;

        for (int length = data; length < file.Length - 3; length += 5)
            Assert.True(Damage([.. file[..length], 0xFF, 0xD9]) is not null, $"{form}, cut at {length} of {file.Length}");
    }

    [Theory]
    [InlineData(0xC0)]
    [InlineData(0xC2)]
    public void Three_bytes_are_no_picture_of_any_size(byte process)
    {
        byte[] file = Encode(process == 0xC0 ? "sequential" : "progressive", (48, 32), 0, 0x221111, 60);
        int frame = file.AsSpan().IndexOf((byte[])[0xFF, process]), scan = file.AsSpan().IndexOf((byte[])[0xFF, 0xDA]);
        byte[] bomb = [.. file[..(scan + 2 + (file[scan + 2] << 8) + file[scan + 3])], 1, 2, 3, 0xFF, 0xD9];

        Assert.Contains("the JPEG file is", Damage(bomb), StringComparison.Ordinal);
        (bomb[frame + 5], bomb[frame + 6], bomb[frame + 7], bomb[frame + 8]) = (0xFF, 0xDC, 0xFF, 0xDC);
        Assert.Equal(65_500L * 65_500, PictureHeader.Read(bomb).Pixels);
    }

    [Fact]
    public void Missing_scans_of_a_progressive_picture_are_found()
    {
        byte[] file = Encode("progressive", (64, 64), 0, 0x221111, 80);
        int[] scans = [.. Enumerable.Range(0, file.Length - 1).Where(i => file[i] == 0xFF && file[i + 1] == 0xDA)];

        Assert.True(scans.Length > 3);
        // Tables of codes stand before their scans; those of a scan that is missing do no harm.
        Assert.All(scans[1..], scan => Assert.NotNull(Damage([.. file[..scan], 0xFF, 0xD9])));
    }

    [Fact]
    public void Bytes_that_are_lost_or_added_in_the_middle_are_found()
    {
        byte[] file = Encode("sequential", (256, 256), 0, 0x221111, 80);
        int middle = file.Length * 2 / 3;

        Assert.NotNull(Damage([.. file[..middle], .. file[(middle + 200)..]]));
        Assert.NotNull(Damage([.. file[..middle], .. file[(middle - 200)..]]));
        Assert.NotNull(Damage([.. file[..middle], .. new byte[200], .. file[(middle + 200)..]]));
    }

    [Fact]
    public void Zeros_before_the_end_marker_are_padding()
    {
        byte[] file = Encode("sequential", (48, 32), 0, 0x221111, 80);

        Assert.Null(Damage([.. file[..^2], 0, 0, 0, 0xFF, 0xFF, 0xD9]));
        Assert.NotNull(Damage([.. file[..^2], 7, 7, 7, 0xFF, 0xD9]));
    }

    [Fact]
    public void Inks_are_followed_too() => Assert.Null(Damage(FlatCmykJpeg.Write(10, 20, 30, 40)));

    [Theory]
    [InlineData(0xC3)]
    [InlineData(0xC9)]
    public void Other_processes_are_refused_by_name(byte process)
    {
        byte[] file = Encode("sequential", (48, 32), 0, 0x221111, 60);
        file[file.AsSpan().IndexOf((byte[])[0xFF, 0xC0]) + 1] = process;

        Assert.Contains("of a kind that is not read", PictureHeader.Read(file).Problem, StringComparison.Ordinal);
    }

    private static string? Damage(byte[] file) => PictureHeader.Read(file).Problem ?? PictureHeader.Read(file).FindDamage(file);

    private static byte[] Encode(string form, (int Width, int Height) size, int restarts, int sampling, int quality)
    {
        using var picture = new Mat(size.Height, size.Width, form.Contains("grey", StringComparison.Ordinal) ? MatType.CV_8UC1 : MatType.CV_8UC3);
        var generator = new RNG(1);
        generator.Fill(picture, DistributionType.Uniform, new Scalar(0, 0, 0), new Scalar(256, 256, 256));
        Cv2.GaussianBlur(picture, picture, new Size(5, 5), 0);
        var options = new List<ImageEncodingParam> { new(ImwriteFlags.JpegQuality, quality), new(ImwriteFlags.JpegRstInterval, restarts) };
        if (form.StartsWith("progressive", StringComparison.Ordinal))
            options.Add(new(ImwriteFlags.JpegProgressive, 1));
        if (sampling != 0)
            options.Add(new((ImwriteFlags)7, sampling));
        Cv2.ImEncode(".jpg", picture, out byte[]? file, [.. options]);
        return file;
    }
}
