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
