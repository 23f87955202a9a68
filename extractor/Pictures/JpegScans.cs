using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// Follows the codes of a JPEG file's scans without making pixels of them (ITU-T T.81, annexes F and G): whether there are as many as the picture
/// has blocks, and whether every coefficient of a progressive one was sent to its last bit.
/// </summary>
internal sealed class JpegScans
{
    private const int Coefficients = 64;
    private const byte Unsent = byte.MaxValue;
    private const string Damaged = "the JPEG file is damaged (its data end before the picture does, or make no sense)";
    private readonly Component[] _components;
    private readonly bool _isProgressive;
    private readonly int _width, _height, _widest, _highest;

    /// <summary>For a frame, whose header was checked.</summary>
    public JpegScans(ReadOnlySpan<byte> frame, bool isProgressive)
    {
        _isProgressive = isProgressive;
        (_height, _width) = (BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), BinaryPrimitives.ReadUInt16BigEndian(frame[3..]));
        _components = new Component[frame[5]];
        for (int i = 0; i < _components.Length; i++)
            _components[i] = new Component(frame[6 + 3 * i], frame[7 + 3 * i] >> 4, frame[7 + 3 * i] & 15);
        (_widest, _highest) = (_components.Max(c => c.Across), _components.Max(c => c.Down));
        foreach (var component in _components)
            component.Lay(Blocks(_width, component.Across, _widest), Units(_width, _widest) * component.Across, Blocks(_height, component.Down, _highest), Units(_height, _highest) * component.Down, isProgressive);
    }

    /// <summary>What no scan has brought, in a few words; null where nothing is missing.</summary>
    public string? FindMissing() => _components.Any(c => _isProgressive ? c.LowestBit.Any(bit => bit != 0) : c.LowestBit[0] != 0)
        ? "the JPEG file is cut short (scans of it are missing)"
        : null;

    /// <summary>Follows a scan.</summary>
    /// <param name="header">Its header, without length.</param>
    /// <param name="file">The file.</param>
    /// <param name="position">Where its data begin; afterwards where they end.</param>
    /// <param name="tables">What was defined before it.</param>
    /// <returns>What is wrong, in a few words; null where nothing is.</returns>
    public string? Follow(ReadOnlySpan<byte> header, ReadOnlySpan<byte> file, ref int position, JpegTables tables)
    {
        int count = header[0];
        if (count is < 1 or > 4 || header.Length != 4 + 2 * count)
            return Damaged;
        var parts = new Part[count];
        for (int i = 0; i < count; i++)
        {
            byte id = header[1 + 2 * i], numbers = header[2 + 2 * i];
            if (_components.FirstOrDefault(c => c.Id == id) is not { } component)
                return Damaged;
            parts[i] = new Part(component, tables.Direct(numbers >> 4), tables.Alternating(numbers & 15));
        }

        // What a sequential scan says of its band is passed over, as decoders do: it sends everything.
        var band = _isProgressive ? new Band(header[^3], header[^2], header[^1] >> 4, header[^1] & 15) : new Band(0, Coefficients - 1, 0, 0);
        if ((_isProgressive && !band.IsSound(count)) || parts.Any(part => !part.HasTables(band, _isProgressive)))
            return Damaged;
        var bits = new JpegBits(file, position);
        bool isSound = Follow(ref bits, parts, band, tables.RestartInterval);
        foreach (var part in parts)
            part.Component.LowestBit.AsSpan(band.First, band.Last - band.First + 1).Fill((byte)band.Low);
        position = bits.Position;
        return isSound ? null : Damaged;
    }

    private bool Follow(ref JpegBits bits, Part[] parts, Band band, int interval)
    {
        // A scan of one channel has its blocks row by row; one of several has units of blocks of them all, also beyond the edges.
        var alone = parts.Length == 1 ? parts[0].Component : null;
        int across = alone?.BlocksAcross ?? Units(_width, _widest), down = alone?.BlocksDown ?? Units(_height, _highest);
        var (run, left, restart) = (0, interval, 0);
        for (int y = 0; y < down; y++)
        {
            for (int x = 0; x < across; x++)
            {
                if (interval > 0 && left-- == 0)
                {
                    if (bits.IsPastEnd || run > 0 || bits.DropRest() || !bits.TakeRestart(restart))
                        return false;
                    (left, restart) = (interval - 1, (restart + 1) & 7);
                }

                if (alone is not null)
                {
                    if (!FollowBlock(ref bits, parts[0], band, y * alone.Stride + x, ref run))
                        return false;
                    continue;
                }

                foreach (var part in parts)
                {
                    var component = part.Component;
                    for (int block = 0; block < component.Across * component.Down; block++)
                    {
                        int at = (y * component.Down + block / component.Across) * component.Stride + x * component.Across + block % component.Across;
                        if (!FollowBlock(ref bits, part, band, at, ref run))
                            return false;
                    }
                }
            }

            // Data that end are made up as zeros; there is no need to go on to the end with them.
            if (bits.IsPastEnd)
                return false;
        }

        return run == 0 && !bits.DropRest();
    }

    private bool FollowBlock(ref JpegBits bits, Part part, Band band, int block, ref int run)
    {
        if (!_isProgressive)
            return FollowMean(ref bits, part.Direct!) && FollowWhole(ref bits, part.Alternating!);
        if (band.First == 0)
        {
            if (band.High == 0)
                return FollowMean(ref bits, part.Direct!);
            bits.Fill();
            bits.Skip(1);
            return true;
        }

        ref ulong sent = ref part.Component.Sent![block];
        return band.High == 0 ? FollowFirst(ref bits, part.Alternating!, band, ref sent, ref run) : FollowRefinement(ref bits, part.Alternating!, band, ref sent, ref run);
    }

    private static bool FollowMean(ref JpegBits bits, JpegCodes codes)
    {
        bits.Fill();
        int code = codes.Find(bits.Next16);
        int size = code & 0xFF;
        if (code == 0 || size > 16)
            return false;
        bits.Skip((code >> 8) + size);
        return true;
    }

    private static bool FollowWhole(ref JpegBits bits, JpegCodes codes)
    {
        for (int k = 1; k < Coefficients;)
        {
            bits.Fill();
            int code = codes.Find(bits.Next16);
            if (code == 0)
                return false;
            int size = code & 0x0F, zeros = code >> 4 & 0x0F;
            bits.Skip((code >> 8) + size);
            if (size == 0 && zeros != 15)
                break;
            k += zeros + 1;
        }

        return true;
    }

    /// <summary>The first bits of a band (G.1.2.2): runs of zeros, values, and runs of blocks that have no more.</summary>
    private static bool FollowFirst(ref JpegBits bits, JpegCodes codes, Band band, ref ulong sent, ref int run)
    {
        if (run > 0)
        {
            run--;
            return true;
        }

        for (int k = band.First; k <= band.Last; k++)
        {
            bits.Fill();
            int code = codes.Find(bits.Next16);
            if (code == 0)
                return false;
            int size = code & 0x0F, zeros = code >> 4 & 0x0F;
            bits.Skip(code >> 8);
            if (size == 0 && zeros != 15)
            {
                run = (1 << zeros) - 1 + bits.Take(zeros);
                return true;
            }

            k += zeros;
            if (k > band.Last)
                return size == 0;
            bits.Skip(size);
            if (size > 0)
                sent |= 1UL << k;
        }

        return true;
    }

    /// <summary>One more bit of a band (G.1.2.3): each coefficient that is not zero so far has a bit between the codes.</summary>
    private static bool FollowRefinement(ref JpegBits bits, JpegCodes codes, Band band, ref ulong sent, ref int run)
    {
        int k = band.First;
        while (run == 0 && k <= band.Last)
        {
            bits.Fill();
            int code = codes.Find(bits.Next16);
            int size = code & 0x0F, zeros = code >> 4 & 0x0F;
            if (code == 0 || size > 1)
                return false;
            bits.Skip(code >> 8);
            if (size == 0 && zeros != 15)
            {
                run = (1 << zeros) + bits.Take(zeros);
                break;
            }

            bits.Skip(size);
            for (; k <= band.Last; k++)
            {
                if ((sent >> k & 1) != 0)
                    SkipOne(ref bits);
                else if (--zeros < 0)
                    break;
            }

            if (size > 0)
            {
                if (k > band.Last)
                    return false;
                sent |= 1UL << k;
            }

            k++;
        }

        if (run == 0)
            return true;
        run--;
        for (; k <= band.Last; k++)
        {
            if ((sent >> k & 1) != 0)
                SkipOne(ref bits);
        }

        return true;
    }

    private static void SkipOne(ref JpegBits bits)
    {
        bits.Fill();
        bits.Skip(1);
    }

    /// <summary>Units of the whole picture in one direction: as many blocks of the finest channel as it has.</summary>
    private static int Units(int pixels, int finest) => (pixels + 8 * finest - 1) / (8 * finest);

    /// <summary>Blocks of a channel that hold something of the picture.</summary>
    private static int Blocks(int pixels, int own, int finest) => (((pixels * own) + finest - 1) / finest + 7) / 8;

    /// <summary>One channel: how fine it is, how many blocks it has, and what was sent of it.</summary>
    private sealed class Component(byte id, int across, int down)
    {
        public byte Id => id;

        /// <summary>Blocks a unit from left to right.</summary>
        public int Across => across;

        /// <summary>Blocks a unit from top to bottom.</summary>
        public int Down => down;

        public int BlocksAcross { get; private set; }

        public int BlocksDown { get; private set; }

        /// <summary>Blocks from one row to the next, those beyond the edge included.</summary>
        public int Stride { get; private set; }

        /// <summary>For each coefficient the lowest bit that was sent.</summary>
        public byte[] LowestBit { get; } = [.. Enumerable.Repeat(Unsent, Coefficients)];

        /// <summary>For each block which coefficients are not zero so far, for progressive pictures.</summary>
        public ulong[]? Sent { get; private set; }

        public void Lay(int blocksAcross, int stride, int blocksDown, int rows, bool isProgressive)
        {
            (BlocksAcross, BlocksDown, Stride) = (blocksAcross, blocksDown, stride);
            Sent = isProgressive ? new ulong[(long)stride * rows] : null;
        }
    }

    /// <summary>A channel's part in a scan, with its codes.</summary>
    private readonly record struct Part(Component Component, JpegCodes? Direct, JpegCodes? Alternating)
    {
        public bool HasTables(Band band, bool isProgressive) => isProgressive
            ? band.First > 0 ? Alternating is not null : band.High > 0 || Direct is not null
            : Direct is not null && Alternating is not null;
    }

    /// <summary>The coefficients that a scan sends, and which of their bits.</summary>
    private readonly record struct Band(int First, int Last, int High, int Low)
    {
        public bool IsSound(int components) =>
            Last < Coefficients && First <= Last && Low <= 13 && (High == 0 || High == Low + 1) && (First == 0 ? Last == 0 : components == 1);
    }
}
