using System.Buffers.Binary;
using System.Text;

namespace UniM2Rec.Tests.Testing;

/// <summary>The directory at the end of a zip archive, which tells what readers believe of its entries.</summary>
internal static class ZipDirectory
{
    private const int FixedBytes = 46, LengthAt = 24;

    /// <summary>Lets an entry declare another length than it unpacks to.</summary>
    public static void DeclareLength(string path, string entry, uint length)
    {
        byte[] archive = File.ReadAllBytes(path);
        int at = archive.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(entry)) - FixedBytes;
        if (!archive.AsSpan(at).StartsWith("PK\u0001\u0002"u8))
            throw new ArgumentException($"{path} has no entry {entry} in its directory", nameof(entry));
        BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(at + LengthAt), length);
        File.WriteAllBytes(path, archive);
    }
}
