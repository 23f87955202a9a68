using UniM2Rec.Storage;

namespace UniM2Rec.Tests.Storage;

public class SpoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(3_000_003)]
    public void What_was_written_is_read_at_any_place(int length)
    {
        byte[] expected = new byte[length];
        new Random(1).NextBytes(expected);
        using var spool = new Spool();
        for (int at = 0; at < length; at += 70_001)
            spool.Write(expected.AsSpan(at, Math.Min(70_001, length - at)));

        using var whole = new MemoryStream();
        spool.WriteTo(whole);
        Assert.Equal(expected, whole.ToArray());
        byte[] part = new byte[Math.Min(1_500_000, length)];
        spool.ReadAt(length / 3, part.AsSpan(0, Math.Min(part.Length, length - length / 3)));
        Assert.True(part.AsSpan(0, Math.Min(part.Length, length - length / 3)).SequenceEqual(expected.AsSpan(length / 3, Math.Min(part.Length, length - length / 3))));
        Assert.Throws<ArgumentOutOfRangeException>(() => spool.ReadAt(length, new byte[1]));
    }
}
