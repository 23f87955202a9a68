using System.Diagnostics;
using UniM2Rec.Diagnostics;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Storage;

/// <summary>What stands at an output's path decides how it is written: links stay, devices and pipes are written to, files of other kinds are kept.</summary>
public sealed class OutputTargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_stays_and_its_target_is_written()
    {
        string target = _folder.Write("elsewhere/target.csv", "old");
        File.CreateSymbolicLink(_folder["link.csv"], target);

        AtomicFile.WriteText(_folder["link.csv"], "new");

        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal(target, new FileInfo(_folder["link.csv"]).LinkTarget);
        Assert.Equal(["target.csv"], Directory.GetFiles(_folder["elsewhere"]).Select(Path.GetFileName));
    }

    [Fact]
    public void A_link_to_nothing_yet_makes_its_target()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["link.csv"], _folder["elsewhere/later.csv"]);

        AtomicFile.WriteText(_folder["link.csv"], "new");

        Assert.Equal("new", File.ReadAllText(_folder["elsewhere/later.csv"]));
        Assert.NotNull(new FileInfo(_folder["link.csv"]).LinkTarget);
    }

    [Fact]
    public void A_circle_of_links_is_refused()
    {
        File.CreateSymbolicLink(_folder["a"], _folder["b"]);
        File.CreateSymbolicLink(_folder["b"], _folder["a"]);
        Assert.Contains("leads nowhere", Assert.Throws<UserErrorException>(() => AtomicFile.WriteText(_folder["a"], "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_written_to_and_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells devices apart here");
        AtomicFile.WriteText("/dev/null", "nothing");
        Assert.Equal(FileKind.Device, FileKinds.Of("/dev/null"));
    }

    [Fact]
    public void A_full_device_is_an_error_in_one_sentence()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        var error = Assert.Throws<UserErrorException>(() => AtomicFile.WriteText("/dev/full", "x"));
        Assert.Contains("'/dev/full' could not be written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_written_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells pipes apart here");
        string pipe = _folder["pipe"];
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var reader = Task.Run(() => File.ReadAllText(pipe), TestContext.Current.CancellationToken);

        AtomicFile.WriteText(pipe, "through");

        Assert.Equal("through", await reader.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(FileKind.Pipe, FileKinds.Of(pipe));
    }

    [Fact]
    public void A_folder_is_refused()
    {
        Assert.Contains("is a folder", Assert.Throws<UserErrorException>(() => AtomicFile.WriteText(_folder.Path, "x")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_id,rank\nu,1\n", false, true)]
    [InlineData("", false, true)]
    [InlineData("thesis", false, false)]
    [InlineData("user_id", false, false)]
    [InlineData("thesis", true, true)]
    public void A_file_of_another_kind_is_kept_unless_asked(string content, bool overwrite, bool free)
    {
        string file = _folder.Write("out.csv", content);
        void Require() => OutputTarget.RequireOwnKind(file, "a list", path => OutputTarget.BeginsWith(path, "user_id,rank"), overwrite);
        if (free) Require();
        else Assert.Contains("exists and is not a list", Assert.Throws<UserErrorException>(Require).Message, StringComparison.Ordinal);
    }
}
