namespace UniM2Rec.Tests.Pictures;

/// <summary>
/// A JPEG of one colour in cyan, magenta, yellow and black, as Adobe's programs write them: inverted, and marked so (ITU-T T.81, baseline; one
/// block of 8 × 8 that has nothing but its mean).
/// </summary>
internal static class FlatCmykJpeg
{
    private const int Categories = 12;

    public static byte[] Write(byte cyan, byte magenta, byte yellow, byte black)
    {
        var bits = new List<bool>();
        foreach (byte ink in new[] { cyan, magenta, yellow, black })
            AppendBlock(bits, 8 * (255 - ink - 128));
        byte[] components = [1, 2, 3, 4];
        return
        [
            0xFF, 0xD8,
            .. Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]),
            .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. Segment(0xC0, [8, 0, 8, 0, 8, 4, .. components.SelectMany(c => new byte[] { c, 0x11, 0 })]),
            .. Segment(0xC4, [0x00, 0, 0, 0, Categories, .. new byte[12], .. Enumerable.Range(0, Categories).Select(c => (byte)c)]),
            .. Segment(0xC4, [0x10, 1, .. new byte[15], 0]),
            .. Segment(0xDA, [4, .. components.SelectMany(c => new byte[] { c, 0 }), 0, 63, 0]),
            .. Packed(bits),
            0xFF, 0xD9,
        ];
    }

    /// <summary>The mean, as its number of bits (a code of four bits) and those bits, and the end of the block (a code of one bit, 0).</summary>
    private static void AppendBlock(List<bool> bits, int mean)
    {
        int category = 0;
        while (Math.Abs(mean) >> category != 0)
            category++;
        Append(bits, category, 4);
        Append(bits, mean < 0 ? mean + (1 << category) - 1 : mean, category);
        bits.Add(false);
    }

    private static void Append(List<bool> bits, int value, int count)
    {
        for (int bit = count - 1; bit >= 0; bit--)
            bits.Add((value >> bit & 1) != 0);
    }

    private static byte[] Segment(byte marker, byte[] content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    /// <summary>Bytes, filled up with ones; a byte of ones is followed by a zero.</summary>
    private static IEnumerable<byte> Packed(List<bool> bits) =>
        bits.Chunk(8).Select(chunk => Enumerable.Range(0, 8).Aggregate(0, (value, i) => value * 2 + (i >= chunk.Length || chunk[i] ? 1 : 0)))
            .SelectMany(value => value == 0xFF ? new byte[] { 0xFF, 0 } : [(byte)value]);
}
