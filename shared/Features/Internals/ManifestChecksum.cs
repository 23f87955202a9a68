using System.Globalization;
using System.Text;

namespace UniM2Rec.Features;

/// <summary>The manifest's checksum of itself: CRC-32C of the file's bytes, with zeros in the checksum's place.</summary>
internal static class ManifestChecksum
{
    /// <summary>What stands there until the checksum is known.</summary>
    public const string Zeros = "00000000";

    /// <summary>The first version that has it.</summary>
    private const int Since = 2;

    // No value of the file can hold these bytes before the key itself: quotes inside of values are escaped.
    private static ReadOnlySpan<byte> Before => "\"checksum\": \""u8;

    /// <summary>Enters the checksum of a manifest that was written with <see cref="Zeros"/>.</summary>
    /// <returns>the checksum</returns>
    public static string Enter(Span<byte> manifest)
    {
        int at = manifest.IndexOf(Before) + Before.Length;
        string checksum = Of(manifest);
        Encoding.ASCII.GetBytes(checksum, manifest.Slice(at, Zeros.Length));
        return checksum;
    }

    /// <summary>What is wrong with a manifest's checksum, or null. Manifests of version 1 have none.</summary>
    public static string? Problem(ReadOnlySpan<byte> bytes, StoreManifest manifest)
    {
        if (manifest.Version < Since && manifest.Checksum is null)
            return null;
        int at = bytes.IndexOf(Before);
        if (manifest.Checksum is not { Length: 8 } expected || at < 0)
            return "it is of version " + manifest.Version.ToString(CultureInfo.InvariantCulture) + " and has no checksum of itself as it was written";
        at += Before.Length;
        byte[] zeroed = bytes.ToArray();
        if (at + Zeros.Length > zeroed.Length)
            return "it ends within its checksum";
        Encoding.ASCII.GetBytes(Zeros, zeroed.AsSpan(at, Zeros.Length));
        string found = Of(zeroed);
        return found == expected ? null : $"its checksum is {found} and it says {Excerpt.Of(expected)}";
    }

    private static string Of(ReadOnlySpan<byte> bytes) => Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes)).ToString("x8", CultureInfo.InvariantCulture);
}
