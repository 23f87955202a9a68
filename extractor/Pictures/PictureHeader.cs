using System.Buffers.Binary;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// What a picture file says about itself before it is decoded: its size where that is cheap to know, and whether it ends as its format
/// demands. Decoders fill what is missing with grey and report success, so a file that is cut short must be found here.
/// </summary>
/// <param name="Width">Pixels, or 0 where it was not looked for.</param>
/// <param name="Height">Pixels, or 0 where it was not looked for.</param>
/// <param name="Damage">What is wrong, in a few words; null where nothing was found.</param>
public readonly record struct PictureHeader(int Width, int Height, string? Damage)
{
    /// <summary>Looks at the bytes of a file. JPEG, PNG and WebP are checked, others are left to the decoder.</summary>
    public static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return new(0, 0, "the file is empty");
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
            return JpegStructure.Read(file);
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return ReadPng(file);
        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file.Slice(8, 4).SequenceEqual("WEBP"u8))
            return new(0, 0, BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L > file.Length ? "the WebP file is cut short" : null);
        return default;
    }

    private static PictureHeader ReadPng(ReadOnlySpan<byte> file)
    {
        var (width, height) = file.Length >= 24
            ? (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]))
            : (0, 0);
        long position = 8;
        while (position + 12 <= file.Length)
        {
            var chunk = file[(int)position..];
            if (chunk.Slice(4, 4).SequenceEqual("IEND"u8))
                return new(width, height, null);
            position += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        return new(width, height, "the PNG file is cut short (no IEND chunk)");
    }
}

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
        int position = 2;
        while (true)
        {
            int step = file[position..].IndexOf(Prefix);
            if (step < 0 || position + step + 1 >= file.Length)
                return new(width, height, "the JPEG file is cut short (no end-of-image marker)");
            position += step + 1;
            byte marker = file[position];
            if (marker == EndOfImage)
                return new(width, height, scans == 0 ? "the JPEG file holds no picture data" : null);
            if (!HasLength(marker))
                continue;
            if (position + 3 > file.Length)
                return new(width, height, "the JPEG file is cut short (no end-of-image marker)");
            ushort length = BinaryPrimitives.ReadUInt16BigEndian(file[(position + 1)..]);
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
