using UniM2Rec.Diagnostics;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_takes_the_place_of_an_older_one()
    {
        AtomicFile.WriteText(folder["a.txt"], "one");
        AtomicFile.WriteText(folder["a.txt"], "two é");
        Assert.Equal("two é"u8.ToArray(), File.ReadAllBytes(folder["a.txt"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_fails_the_older_file_stays(int failAt)
    {
        AtomicFile.WriteText(folder["a.txt"], "old");
        string message = Assert.Throws<UserErrorException>(
            () => AtomicFile.Write(folder["a.txt"], file => file.Write("new"u8), new FaultyStorage(failAt))).Message;
        Assert.Contains("a.txt' could not be written (No space left on device)", message);
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_flush_that_fails_is_an_error_where_the_framework_keeps_quiet()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what can't be flushed is made otherwise elsewhere");
        // The system answers EINVAL for it.
        using var file = new FileStream("/dev/null", FileMode.Open, FileAccess.Write);
        file.WriteByte(1);
        file.Flush(flushToDisk: true);
        Assert.Contains("'/dev/null' can't be flushed to the medium (Invalid argument)", Assert.Throws<IOException>(() => DiskStorage.Instance.Sync(file)).Message);
    }

    [Fact]
    public void A_file_that_another_program_is_writing_is_not_written_into()
    {
        string path = folder["a.txt"];
        AtomicFile.Write(path, file =>
        {
            file.Write("first"u8);
            Assert.Contains("could not be written", Assert.Throws<UserErrorException>(() => AtomicFile.WriteText(path, "second")).Message);
        });
        Assert.Equal("first", File.ReadAllText(path));
    }

    [Fact]
    public void An_exception_of_the_caller_passes_through_and_leaves_nothing()
    {
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["a.txt"], _ => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_one_sentence() =>
        Assert.Contains("could not be written", Assert.Throws<UserErrorException>(() => AtomicFile.WriteText(folder["no/a.txt"], "x")).Message);
}
