using System.Globalization;
using System.Text;

namespace UniM2Rec.Features;

/// <summary>Checksums of the blocks of a file whose bytes pass by in order.</summary>
/// <param name="blockBytes">bytes of a block</param>
internal sealed class BlockChecksums(int blockBytes)
{
    private readonly StringBuilder finished = new();
    private uint state = Crc32C.Start;
    private int filled;

    /// <summary>Bytes that passed.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(bytes.Length, blockBytes - filled);
            state = Crc32C.Append(state, bytes[..taken]);
            filled += taken;
            bytes = bytes[taken..];
            if (filled == blockBytes)
                EndBlock();
        }
    }

    /// <summary>Eight digits a block; ends the last block.</summary>
    public string Finish()
    {
        if (filled > 0)
            EndBlock();
        return finished.ToString();
    }

    private void EndBlock()
    {
        finished.Append(CultureInfo.InvariantCulture, $"{Crc32C.Finish(state):x8}");
        (state, filled) = (Crc32C.Start, 0);
    }
}
