using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>What a JPEG file defines for the scans that follow: tables of codes and the interval of restarts.</summary>
internal sealed class JpegTables
{
    private readonly JpegCodes?[] _direct = new JpegCodes?[4];
    private readonly JpegCodes?[] _alternating = new JpegCodes?[4];

    /// <summary>Units from one restart marker to the next; 0 = there are none.</summary>
    public int RestartInterval { get; set; }

    /// <summary>The codes of means; null where they were not defined.</summary>
    public JpegCodes? Direct(int number) => number < 4 ? _direct[number] : null;

    /// <summary>The codes of all other coefficients; null where they were not defined.</summary>
    public JpegCodes? Alternating(int number) => number < 4 ? _alternating[number] : null;

    /// <summary>Takes a segment of definitions.</summary>
    /// <returns>Whether it makes sense.</returns>
    public bool Add(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            if (segment.Length < 17 || (segment[0] & 0x0F) > 3 || segment[0] >> 4 > 1)
                return false;
            var counts = segment[1..17];
            int symbols = 0;
            foreach (byte count in counts)
                symbols += count;
            if (symbols > 256 || segment.Length < 17 + symbols || JpegCodes.Create(counts, segment.Slice(17, symbols)) is not { } codes)
                return false;
            (segment[0] >> 4 == 0 ? _direct : _alternating)[segment[0] & 0x0F] = codes;
            segment = segment[(17 + symbols)..];
        }

        return true;
    }
}

/// <summary>One table of Huffman codes (ITU-T T.81, annex C), looked up by the next bits.</summary>
internal sealed class JpegCodes
{
    /// <summary>Bits that the quick table is looked up by.</summary>
    public const int QuickBits = 9;

    private const int LongestCode = 16;
    private readonly ushort[] _quick = new ushort[1 << QuickBits]; // length << 8 | symbol; 0 = longer
    private readonly int[] _ends = new int[LongestCode + 1]; // first code of 16 bits that is longer
    private readonly int[] _offsets = new int[LongestCode + 1]; // from a code to its symbol
    private readonly byte[] _symbols;

    private JpegCodes(byte[] symbols) => _symbols = symbols;

    /// <summary>Builds a table; null where there are more codes than bits allow.</summary>
    public static JpegCodes? Create(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        var table = new JpegCodes(symbols.ToArray());
        var (code, at) = (0, 0);
        for (int length = 1; length <= LongestCode; length++)
        {
            table._offsets[length] = at - code;
            if (code + counts[length - 1] > 1 << length)
                return null;
            for (int end = at + counts[length - 1]; at < end; at++, code++)
            {
                if (length <= QuickBits)
                    table._quick.AsSpan(code << (QuickBits - length), 1 << (QuickBits - length)).Fill((ushort)(length << 8 | symbols[at]));
            }

            table._ends[length] = code << (LongestCode - length);
            code <<= 1;
        }

        return table;
    }

    /// <summary>The code that the next 16 bits begin with, as its length times 256 plus its symbol; 0 where they begin with none.</summary>
    public int Find(uint next)
    {
        int quick = _quick[next >> (LongestCode - QuickBits)];
        if (quick != 0)
            return quick;
        for (int length = QuickBits + 1; length <= LongestCode; length++)
        {
            if (next < _ends[length])
                return length << 8 | _symbols[(int)(next >> (LongestCode - length)) + _offsets[length]];
        }

        return 0;
    }
}

/// <summary>The bits of a scan: bytes up to the next marker, without the zeros that are stuffed behind bytes of ones.</summary>
/// <param name="file">The file.</param>
/// <param name="position">Where the bits begin.</param>
internal ref struct JpegBits(ReadOnlySpan<byte> file, int position)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private ulong _bits;   // the next ones at the top
    private int _count;
    private int _fed;   // bits behind the end that were made up, as zeros

    /// <summary>The first byte that has not been taken up.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Whether more bits were taken than there are.</summary>
    public readonly bool IsPastEnd => _fed > _count;

    /// <summary>Makes sure that 32 bits can be looked at.</summary>
    public void Fill()
    {
        if (_count > 32)
            return;
        if (_file.Length - Position >= sizeof(ulong) && BinaryPrimitives.ReadUInt64BigEndian(_file[Position..]) is var next && !HasOnes(next))
        {
            // What does not fit as whole bytes comes again with the next ones, at the same place.
            int bytes = (64 - _count) >> 3;
            _bits |= next >> _count;
            _count += 8 * bytes;
            Position += bytes;
            return;
        }

        while (_count <= 56)
        {
            int at = Position;
            byte value = at < _file.Length ? _file[at] : (byte)0xFF;
            if (value == 0xFF && (at + 1 >= _file.Length || _file[at + 1] != 0))
            {
                _fed += 8;
                _count += 8;
                continue;
            }

            Position = value == 0xFF ? at + 2 : at + 1;
            _bits |= (ulong)value << (56 - _count);
            _count += 8;
        }
    }

    /// <summary>Whether one of eight bytes is all ones.</summary>
    private static bool HasOnes(ulong bytes) => (~bytes - 0x0101010101010101 & bytes & 0x8080808080808080) != 0;

    /// <summary>The next 16 bits, which stay.</summary>
    public readonly uint Next16 => (uint)(_bits >> 48);

    /// <summary>Passes over bits, 32 at most between two calls of <see cref="Fill"/>.</summary>
    public void Skip(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    /// <summary>Takes bits, 16 at most.</summary>
    public int Take(int count)
    {
        if (count == 0)
            return 0;
        int value = (int)(_bits >> (64 - count));
        Skip(count);
        return value;
    }

    /// <summary>Drops what is left of the bits up to the next marker.</summary>
    /// <returns>Whether whole bytes are among it that are no padding (zeros or ones).</returns>
    public bool DropRest()
    {
        // Bits that are whole bytes and were taken up already.
        bool any = false;
        int whole = (_count - _fed) / 8, at = Position;
        for (int back = 0; back < whole; back++)
        {
            at -= at >= 2 && _file[at - 1] == 0 && _file[at - 2] == 0xFF ? 2 : 1;
            any |= _file[at] is not (0 or 0xFF);
        }

        for (at = Position; at < _file.Length && !(_file[at] == 0xFF && at + 1 < _file.Length && _file[at + 1] is not (0 or 0xFF)); at++)
            any |= _file[at] is not (0 or 0xFF);
        (_bits, _count, _fed, Position) = (0, 0, 0, at);
        return any;
    }

    /// <summary>Passes over a restart marker.</summary>
    /// <returns>Whether it is the one expected.</returns>
    public bool TakeRestart(int number)
    {
        if (Position + 1 >= _file.Length || _file[Position + 1] != 0xD0 + number)
            return false;
        Position += 2;
        return true;
    }
}
