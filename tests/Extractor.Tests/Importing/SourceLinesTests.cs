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
