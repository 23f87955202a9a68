using UniM2Rec.Features;

namespace UniM2Rec.Tests.Features;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("123456789", 0xE3069283)] // the check value of CRC-32C
    [InlineData("", 0)]
    public void Known_texts_have_their_published_checksums(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Finish(Crc32C.Append(Crc32C.Start, System.Text.Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Thirty_two_zeros_have_the_checksum_of_RFC_3720() =>
        Assert.Equal(0x8A9136AAu, Crc32C.Finish(Crc32C.Append(Crc32C.Start, new byte[32])));

    [Fact]
    public void Pieces_give_the_checksums_of_the_whole()
    {
        byte[] bytes = new byte[10_000];
        new Random(5).NextBytes(bytes);
        var whole = new BlockChecksums(1000);
        whole.Append(bytes);
        var pieces = new BlockChecksums(1000);
        for (int begin = 0; begin < bytes.Length; begin += 37)
            pieces.Append(bytes.AsSpan(begin, Math.Min(37, bytes.Length - begin)));
        string checksums = whole.Finish();
        Assert.Equal(80, checksums.Length);
        Assert.Equal(checksums, pieces.Finish());
        Assert.Equal($"{Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(3000, 1000))):x8}", checksums.Substring(24, 8));
    }
}
