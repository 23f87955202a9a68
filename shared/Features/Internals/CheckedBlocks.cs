using System.Globalization;

namespace UniM2Rec.Features;

/// <summary>
/// The blocks of a mapped file, each compared with its checksum when its bytes are first asked for, once, by whichever thread comes first.
/// </summary>
internal sealed unsafe class CheckedBlocks
{
    // Threads that meet at one block wait for its result; those at other blocks seldom wait for each other.
    private const int Gates = 16;

    private readonly MappedFile _file;
    private readonly int _blockBytes;
    private readonly string _expected;
    private readonly bool[] _sound;
    private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];
    private int _left;

    /// <param name="file">the file</param>
    /// <param name="blockBytes">bytes of a block</param>
    /// <param name="expected">eight hexadecimal digits a block</param>
    public CheckedBlocks(MappedFile file, int blockBytes, string expected)
    {
        (_file, _blockBytes, _expected) = (file, blockBytes, expected);
        _left = (int)((file.Length + blockBytes - 1) / blockBytes);
        _sound = new bool[_left];
    }

    /// <summary>Number of blocks.</summary>
    public int Count => _sound.Length;

    /// <summary>Whether every block was found sound, so that nothing is left to ask.</summary>
    public bool AllSound => Volatile.Read(ref _left) == 0;

    /// <summary>Compares the blocks of [begin, end) that were not compared before.</summary>
    /// <returns>the first damaged one, or -1</returns>
    public int FirstDamaged(long begin, long end)
    {
        int last = (int)((end - 1) / _blockBytes);
        for (int block = (int)(begin / _blockBytes); block <= last; block++)
        {
            if (!Volatile.Read(ref _sound[block]) && !Check(block))
                return block;
        }
        return -1;
    }

    /// <summary>Compares all blocks, over several threads.</summary>
    /// <returns>the first damaged one, or -1</returns>
    public int FirstDamaged()
    {
        int first = int.MaxValue;
        Parallel.For(0, Count, block =>
        {
            if (Check(block))
                return;
            lock (_gates)
                first = Math.Min(first, block);
        });
        return first == int.MaxValue ? -1 : first;
    }

    /// <summary>First byte of a block, and the one after its last.</summary>
    public (long Begin, long End) Bytes(int block) => ((long)block * _blockBytes, Math.Min((block + 1L) * _blockBytes, _file.Length));

    /// <summary>The checksum of a block as it is.</summary>
    public string Found(int block)
    {
        var (begin, end) = Bytes(block);
        _file.RequireWhole();
        return Crc32C.Finish(Crc32C.Append(Crc32C.Start, new ReadOnlySpan<byte>(_file.Start + begin, (int)(end - begin)))).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>The checksum of a block as it was written.</summary>
    public string Expected(int block) => _expected.Substring(8 * block, 8);

    private bool Check(int block)
    {
        lock (_gates[block % Gates])
        {
            if (_sound[block])
                return true;
            if (!Found(block).AsSpan().SequenceEqual(_expected.AsSpan(8 * block, 8)))
                return false;
            Volatile.Write(ref _sound[block], true);
            Interlocked.Decrement(ref _left);
            return true;
        }
    }
}
