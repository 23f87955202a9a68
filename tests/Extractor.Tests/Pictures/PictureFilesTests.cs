using System.Diagnostics;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pictures;

/// <summary>What may stand at a picture's path. Opening any of the others would hang, or bring in what is not the catalogue's.</summary>
public class PictureFilesTests
{
    [Fact]
    public void Pipes_devices_and_folders_are_refused_and_not_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "made by mkfifo");
        using var folder = new TemporaryFolder();
        Process.Start("mkfifo", folder["pipe.png"]).WaitForExit();
        File.CreateSymbolicLink(folder["zero.png"], "/dev/zero");
        File.CreateSymbolicLink(folder["to-pipe.png"], folder["pipe.png"]);
        Directory.CreateDirectory(folder["folder.png"]);

        Assert.Equal("the picture's path is a pipe, not a file", Prepare(folder, "pipe.png"));
        Assert.Equal("the picture's path is a pipe, not a file", Prepare(folder, "to-pipe.png"));
        Assert.Equal("the picture's path is a device, not a file", Prepare(folder, "zero.png"));
        Assert.Equal("the picture's path is a folder, not a file", Prepare(folder, "folder.png"));
        foreach (string name in new[] { "pipe.png", "zero.png", "folder.png" })
            Assert.Equal("unreadable", new PictureFiles(folder.Path, PictureLimits.Standard).State(folder[name]));
    }

    [Fact]
    public void Links_lead_where_they_like_within_the_folder_and_not_out_of_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "links are followed by realpath");
        using var root = new TemporaryFolder();
        root.Write("images/sub/a.png", PictureHeaderTests.Encode(".png"));
        root.Write("private/b.png", PictureHeaderTests.Encode(".png"));
        root.Write("images-too/c.png", PictureHeaderTests.Encode(".png"));
        File.CreateSymbolicLink(root["images/inside.png"], "sub/a.png");
        File.CreateSymbolicLink(root["images/outside.png"], "../private/b.png");
        File.CreateSymbolicLink(root["images/beside.png"], "../images-too/c.png");
        Directory.CreateSymbolicLink(root["images/way"], "../private");
        Directory.CreateSymbolicLink(root["linked"], "images");

        foreach (string pictures in new[] { root["images"], root["linked"] })
        {
            var files = new PictureFiles(pictures, PictureLimits.Standard);
            Assert.Null(Prepare(files, Path.Combine(pictures, "sub/a.png")));
            Assert.Null(Prepare(files, Path.Combine(pictures, "inside.png")));
            foreach (string name in new[] { "outside.png", "beside.png", "way/b.png" })
                Assert.Equal("the picture's path is a link that leaves the pictures' folder", Prepare(files, Path.Combine(pictures, name)));
        }
    }

    [Fact]
    public void Limits_are_settings_and_part_of_what_a_bad_picture_is_remembered_by()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.png", PictureHeaderTests.Encode(".png"));
        var small = new PictureFiles(folder.Path, new PictureLimits(1000, 1 << 20));
        var short_ = new PictureFiles(folder.Path, new PictureLimits(1 << 20, 10));

        Assert.Equal("the picture declares 48 x 32 pixels, more than the 1,000 that are allowed (maxPicturePixels)", Prepare(small, path));
        Assert.EndsWith("bytes, more than the 10 that are allowed (maxPictureMib)", Prepare(short_, path), StringComparison.Ordinal);
        Assert.Equal(3, new[] { small, short_, new PictureFiles(folder.Path, PictureLimits.Standard) }.Select(files => files.State(path)).Distinct().Count());
    }

    private static string? Prepare(TemporaryFolder folder, string name) => Prepare(new PictureFiles(folder.Path, PictureLimits.Standard), folder[name]);

    private static string? Prepare(PictureFiles files, string path)
    {
        var preparation = new PicturePreparation(new ImageSpec { Size = 8 }, files);
        return preparation.Prepare(path, new float[preparation.Length]);
    }
}
