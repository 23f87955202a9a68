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
    public void Two_programs_that_write_one_file_at_a_time_do_not_mix_their_bytes()
    {
        string path = folder["a.txt"];
        AtomicFile.Write(path, file =>
        {
            file.Write("first"u8);
            AtomicFile.WriteText(path, "second");
            Assert.Equal("second", File.ReadAllText(path));
            file.Write(", and the last to end"u8);
        });
        Assert.Equal("first, and the last to end", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
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

    [Fact]
    public void A_temporary_name_is_of_one_write_and_tells_what_was_written()
    {
        string one = AtomicFile.TemporaryName("text-0123456789ab-00001.safetensors"), other = AtomicFile.TemporaryName("text-0123456789ab-00001.safetensors");

        Assert.NotEqual(one, other);
        Assert.Equal("text-0123456789ab-00001.safetensors", AtomicFile.WrittenName(one));
        Assert.Equal("text-0123456789ab-00001.safetensors", AtomicFile.WrittenName("text-0123456789ab-00001.safetensors.tmp"));
        Assert.Equal("thesis", AtomicFile.WrittenName("thesis.tmp"));
        Assert.Null(AtomicFile.WrittenName(one[..^1]));
    }
}
