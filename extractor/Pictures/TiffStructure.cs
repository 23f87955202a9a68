using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>The first directory of a TIFF file (TIFF 6.0).</summary>
internal static class TiffStructure
{
    private const int EntryBytes = 12;
    private const int WhiteIsZero = 0, Separated = 5, Subsampled = 6, Unsigned = 1, Uncompressed = 1;

    private enum Tag
    {
        Width = 256,
        Height = 257,
        Bits = 258,
        Compression = 259,
        Photometric = 262,
        StripOffsets = 273,
        Samples = 277,
        StripBytes = 279,
        Peak = 281,
        TileWidth = 322,
        TileHeight = 323,
        TileOffsets = 324,
        TileBytes = 325,
        ExtraSamples = 338,
        SampleFormat = 339,
    }

    /// <summary>Reads size, bits and the meaning of channels. The decoder turns pictures upright itself.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        var fields = new Fields(file);
        long bits = fields.First(Tag.Bits, 1), samples = fields.First(Tag.Samples, 1), extra = fields.First(Tag.ExtraSamples, -1);
        if (fields.First(Tag.SampleFormat, Unsigned) != Unsigned)
            return PictureHeader.Refused(PictureFormat.Tiff, "the TIFF file holds numbers with a sign or a point, which have no range of brightness");
        if (samples == 2 && extra > 0)
            return PictureHeader.Refused(PictureFormat.Tiff, "the TIFF file holds grey with transparency, which is not read; save it as PNG");
        long peak = fields.First(Tag.Peak, 0);
        return new()
        {
            Format = PictureFormat.Tiff,
            Width = fields.First(Tag.Width, 0),
            Height = fields.First(Tag.Height, 0),
            LargestPart = PictureHeader.Area(fields.First(Tag.TileWidth, 0), fields.First(Tag.TileHeight, 0)),
            IsInverted = fields.First(Tag.Photometric, -1) == WhiteIsZero && bits == 16,
            Peak = bits == 16 && peak is > byte.MaxValue and < ushort.MaxValue ? (int)peak : null,
            // Of 8 bits, the decoder multiplies colours by their opacity itself. Where nothing is said of a fourth channel, it is opacity.
            Alpha = fields.First(Tag.Photometric, -1) == Separated ? PictureAlpha.Ignored : extra switch
            {
                0 => PictureAlpha.Ignored,
                1 => PictureAlpha.Premultiplied,
                2 => bits == 8 ? PictureAlpha.Premultiplied : PictureAlpha.Straight,
                _ => PictureAlpha.Straight,
            },
        };
    }

    /// <summary>Every strip or tile must lie within the file, and without compression be as long as its pixels: a decoder reads on in what follows.</summary>
    public static string? FindDamage(ReadOnlySpan<byte> file)
    {
        var fields = new Fields(file);
        int offsets = fields.Find(Tag.TileOffsets), lengths = fields.Find(Tag.TileBytes);
        if (offsets < 0)
            (offsets, lengths) = (fields.Find(Tag.StripOffsets), fields.Find(Tag.StripBytes));
        if (offsets < 0 || lengths < 0 || fields.CountAt(offsets) == 0 || fields.CountAt(lengths) != fields.CountAt(offsets))
            return "the TIFF file does not say where its picture is";
        long bytes = 0;
        for (long part = 0; part < fields.CountAt(offsets); part++)
        {
            long length = fields.NumberAt(lengths, part);
            if (fields.NumberAt(offsets, part) + length > file.Length)
                return "the TIFF file is cut short (a part of the picture lies behind the end)";
            bytes += length;
        }

        if (fields.First(Tag.Compression, Uncompressed) != Uncompressed || fields.First(Tag.Photometric, -1) == Subsampled)
            return null;
        long bits = PictureHeader.Area(fields.First(Tag.Width, 0), fields.First(Tag.Samples, 1) * fields.First(Tag.Bits, 1));
        return bytes < PictureHeader.Area((bits + 7) / 8, fields.First(Tag.Height, 0)) ? "the TIFF file is cut short (fewer bytes than pixels)" : null;
    }

    /// <summary>The fields of the first directory, looked up in the file.</summary>
    private readonly ref struct Fields
    {
        private readonly ReadOnlySpan<byte> _file;
        private readonly bool _little;
        private readonly int _directory;

        public Fields(ReadOnlySpan<byte> file)
        {
            _file = file;
            _little = file[0] == (byte)'I';
            uint first = Four(4);
            _directory = first <= int.MaxValue ? (int)first : int.MaxValue;
        }

        /// <summary>The first number of a field, or another where it is not there.</summary>
        public long First(Tag tag, long missing) => Find(tag) is >= 0 and var at && CountAt(at) > 0 ? NumberAt(at, 0) : missing;

        /// <summary>Where a field is; −1 where it is not there.</summary>
        public int Find(Tag tag)
        {
            int count = Two(_directory);
            for (int i = 0; i < count; i++)
            {
                if (Two(_directory + 2 + i * EntryBytes) == (int)tag)
                    return _directory + 2 + i * EntryBytes;
            }

            return -1;
        }

        /// <summary>How many numbers a field has.</summary>
        public long CountAt(int at) => Four(at + 4);

        /// <summary>A number of a field.</summary>
        public long NumberAt(int at, long index)
        {
            int bytes = Two(at + 2) switch { 1 => 1, 3 => 2, _ => 4 };
            long place = (CountAt(at) * bytes <= 4 ? at + 8 : Four(at + 8)) + index * bytes;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(place, _file.Length - bytes);
            return bytes switch { 1 => _file[(int)place], 2 => Two((int)place), _ => Four((int)place) };
        }

        private int Two(int at) => _little ? BinaryPrimitives.ReadUInt16LittleEndian(_file[at..]) : BinaryPrimitives.ReadUInt16BigEndian(_file[at..]);

        private uint Four(int at) => _little ? BinaryPrimitives.ReadUInt32LittleEndian(_file[at..]) : BinaryPrimitives.ReadUInt32BigEndian(_file[at..]);
    }
}
