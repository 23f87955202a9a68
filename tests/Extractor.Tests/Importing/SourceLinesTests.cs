using System.IO.Compression;
using System.Text;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

public class SourceLinesTests
{
    private const int Lines = 5000;
    private const int TrailerBytes = 8;

    [Fact]
    public void A_whole_file_is_read_and_so_is_one_of_several_members()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(Lines, Read(folder, Compressed(0, Lines)).Count);
        Assert.Equal(Text(0, Lines), Read(folder, [.. Compressed(0, 2000), .. Compressed(2000, Lines)]));
    }

    [Theory]
    [InlineData("anywhere")]
    [InlineData("at the end of a line")]
    [InlineData("before the trailer")]
    [InlineData("within the trailer")]
    public void A_file_that_was_cut_off_is_refused(string where)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = where == "at the end of a line" ? Flushed() : Compressed(0, Lines);
        byte[] cut = whole[..(where switch { "anywhere" => whole.Length / 2, "at the end of a line" => whole.Length, "before the trailer" => whole.Length - TrailerBytes, _ => whole.Length - 3 })];
        Assert.Contains("is not a whole gzip file", Assert.Throws<UserErrorException>(() => Read(folder, cut)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Compressed(0, Lines);
        whole[^6] ^= 1;
        Assert.Contains("is not a whole gzip file", Assert.Throws<UserErrorException>(() => Read(folder, whole)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb\n")]
    [InlineData("a\r\nb")]
    [InlineData("a\rb\r")]
    [InlineData("\n\r\r\na\n\nb\r\n\n")]
    [InlineData("")]
    [InlineData("\r")]
    public void Lines_end_as_they_do_for_the_framework(string text)
    {
        // Ends of pieces fall everywhere into the text.
        foreach (int before in Enumerable.Range(0, 8).Select(i => i == 0 ? 0 : (1 << 16) - i))
        {
            string whole = new string('x', before) + text;
            using var expected = new StringReader(whole);
            var lines = new BoundedLines(new StringReader(whole));
            string? line;
            do
            {
                line = expected.ReadLine();
                Assert.Equal(line, lines.Next());
            }
            while (line is not null);
        }
    }

    [Fact]
    public void A_line_without_end_is_refused_in_bounded_memory()
    {
        using var folder = new TemporaryFolder();
        using (var gzip = new GZipStream(File.Create(folder["bomb.json.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write("{}\n"u8);
            byte[] piece = new byte[1 << 20];
            piece.AsSpan().Fill((byte)'x');
            for (int i = 0; i < 100; i++)
                gzip.Write(piece);
        }

        Assert.InRange(new FileInfo(folder["bomb.json.gz"]).Length, 1, 2 << 20);
        Assert.Contains("line 2 is longer than 67,108,864 characters", Assert.Throws<UserErrorException>(() => SourceLines.Read(folder["bomb.json.gz"]).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_refused_and_never_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells these kinds apart here");
        using var folder = new TemporaryFolder();
        using (var make = System.Diagnostics.Process.Start("mkfifo", folder["pipe"]))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        var reading = Task.Run(() => Assert.Throws<UserErrorException>(() => SourceLines.Read(folder["pipe"]).Count()), TestContext.Current.CancellationToken);
        Assert.Contains("is a pipe; expected a regular file", (await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    private static List<string> Read(TemporaryFolder folder, byte[] content)
    {
        File.WriteAllBytes(folder["lines.json.gz"], content);
        return SourceLines.Read(folder["lines.json.gz"]).Select(line => line.Text).ToList();
    }

    private static IEnumerable<string> Text(int first, int end) => Enumerable.Range(first, end - first).Select(i => $"{{\"number\":{i}}}");

    private static byte[] Compressed(int first, int end)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Text(first, end).Select(line => line + "\n"))));
        return memory.ToArray();
    }

    /// <summary>What is on the disk when a writer is killed after a line that it flushed.</summary>
    private static byte[] Flushed()
    {
        using var memory = new MemoryStream();
        using var gzip = new GZipStream(memory, CompressionMode.Compress, leaveOpen: true);
        gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Text(0, Lines / 2).Select(line => line + "\n"))));
        gzip.Flush();
        return memory.ToArray();
    }
}
