using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// The marker segments of a JPEG file (ITU-T T.81, annex B). Segments are skipped by their lengths, so that the end marker of an embedded
/// thumbnail is not taken for the picture's own.
/// </summary>
internal static class JpegStructure
{
    private const byte Prefix = 0xFF;
    private const byte EndOfImage = 0xD9, StartOfScan = 0xDA, HuffmanTables = 0xC4, RestartInterval = 0xDD;
    private const byte Baseline = 0xC0, Extended = 0xC1, Progressive = 0xC2;
    private const int MostComponents = 4;
    private const string CutShort = "the JPEG file is cut short (no end-of-image marker)";
    private const string NoPicture = "the JPEG file holds no picture data";

    /// <summary>Reads up to the frame header, which says the size.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        int position = 2;
        while (NextSegment(file, ref position, out byte marker, out var content))
        {
            if (marker == EndOfImage)
                return PictureHeader.Refused(PictureFormat.Jpeg, NoPicture);
            if (IsStartOfFrame(marker))
                return ReadFrame(marker, content);
        }

        return PictureHeader.Refused(PictureFormat.Jpeg, CutShort);
    }

    /// <summary>
    /// Follows the codes of every scan. Decoders fill what is missing with grey and report success, or a warning that is lost, so a file that is cut
    /// short or damaged must be found here.
    /// </summary>
    public static string? FindDamage(ReadOnlySpan<byte> file)
    {
        JpegScans? scans = null;
        int position = 2;
        var tables = new JpegTables();
        while (NextSegment(file, ref position, out byte marker, out var content))
        {
            switch (marker)
            {
                case EndOfImage:
                    return scans is null ? NoPicture : scans.FindMissing();
                case HuffmanTables when !tables.Add(content):
                    return "the JPEG file is damaged (its table of codes makes no sense)";
                case RestartInterval:
                    tables.RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(content);
                    break;
                case StartOfScan when scans is null:
                    return NoPicture;
                case StartOfScan:
                    if (scans.Follow(content, file, ref position, tables) is { } damage)
                        return position >= file.Length - 1 ? CutShort : damage;
                    break;
                case var frame when IsStartOfFrame(frame):
                    if (scans is not null)
                        return "the JPEG file holds two frames";
                    scans = new JpegScans(content, isProgressive: frame == Progressive);
                    break;
            }
        }

        return CutShort;
    }

    private static PictureHeader ReadFrame(byte marker, ReadOnlySpan<byte> content)
    {
        int bits = content[0], components = content[5];
        var header = new PictureHeader { Format = PictureFormat.Jpeg, Height = BinaryPrimitives.ReadUInt16BigEndian(content[1..]), Width = BinaryPrimitives.ReadUInt16BigEndian(content[3..]) };
        if (marker is not (Baseline or Extended or Progressive) || bits != 8)
            return header with { Problem = $"the JPEG file is of a kind that is not read (process {marker - Baseline}, {bits} bits; sequential and progressive, of 8 bits, are)" };
        if (components is < 1 or > MostComponents || content.Length != 6 + 3 * components)
            return header with { Problem = $"the JPEG file is damaged (a frame of {components} channels)" };
        for (int i = 0; i < components; i++)
        {
            if ((content[7 + 3 * i] >> 4) is < 1 or > 4 || (content[7 + 3 * i] & 15) is < 1 or > 4)
                return header with { Problem = "the JPEG file is damaged (its channels have no size)" };
        }

        return header;
    }

    /// <summary>Finds the next marker that matters and its segment; false at the end of the file.</summary>
    private static bool NextSegment(ReadOnlySpan<byte> file, ref int position, out byte marker, out ReadOnlySpan<byte> content)
    {
        marker = 0;
        content = default;
        while (true)
        {
            int step = file[Math.Min(position, file.Length)..].IndexOf(Prefix);
            if (step < 0 || position + step + 1 >= file.Length)
                return false;
            position += step + 1;
            marker = file[position];
            if (!HasLength(marker))
                continue;
            position++;
            if (marker == EndOfImage)
                return true;
            if (position + 2 > file.Length)
                return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[position..]);
            if (length < 2 || position + length > file.Length)
                return false;
            content = file.Slice(position + 2, length - 2);
            position += length;
            return true;
        }
    }

    /// <summary>False for stuffed zeros, fill bytes, restart markers and the other markers without a segment; the end is one that matters.</summary>
    private static bool HasLength(byte marker) => marker is not (0x00 or 0x01 or Prefix or (>= 0xD0 and <= 0xD8));

    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
