using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// Walks the marker segments of a JPEG file (ITU-T T.81, annex B) up to the end-of-image marker. Segments are skipped by their lengths, so
/// that the end marker of an embedded thumbnail is not taken for the picture's own.
/// </summary>
internal static class JpegStructure
{
    private const byte Prefix = 0xFF;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        var (width, height, scans) = (0, 0, 0);
        var position = 2;
        while (true)
        {
            var step = file[position..].IndexOf(Prefix);
            if (step < 0 || position + step + 1 >= file.Length)
                return new(width, height, "the JPEG file is cut short (no end-of-image marker)");
            position += step + 1;
            var marker = file[position];
            if (marker == EndOfImage)
                return new(width, height, scans == 0 ? "the JPEG file holds no picture data" : null);
            if (!HasLength(marker))
                continue;
            if (position + 3 > file.Length)
                return new(width, height, "the JPEG file is cut short (no end-of-image marker)");
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(position + 1)..]);
            if (IsStartOfFrame(marker) && position + 8 <= file.Length)
                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(file[(position + 4)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(position + 6)..]));
            if (marker == StartOfScan)
                scans++;
            position = Math.Min(position + 1 + length, file.Length);
        }
    }

    /// <summary>False for stuffed zeros, fill bytes, restart markers and the other markers without a segment.</summary>
    private static bool HasLength(byte marker) => marker is not (0x00 or 0x01 or Prefix or (>= 0xD0 and <= 0xD8));

    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
