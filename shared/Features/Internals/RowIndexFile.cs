using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace UniM2Rec.Features;

/// <summary>Where the rows of a modality lie in a store that has grown: a position each, or none. Checked whole when it is read.</summary>
internal static class RowIndexFile
{
    public const string Format = "unim2rec-rows";
    public const string Positions = "positions";

    /// <summary>The position of a row that has no vector.</summary>
    public const int None = -1;

    /// <summary>Writes the positions, under a name that depends on nothing else.</summary>
    /// <param name="folder">the store's</param>
    /// <param name="modality">whose rows they are</param>
    /// <param name="positions">by row</param>
    /// <param name="storage">where files go</param>
    /// <returns>name, length and checksums</returns>
    public static (string File, long Bytes, string Crc32c) Write(string folder, ModalitySpecification modality, int[] positions, IStorage storage)
    {
        string name = StoreLayout.RowIndex(modality, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(positions.AsSpan()))));
        BlockChecksums checksums = new(StoreLayout.BlockBytes);
        AtomicFile.Write(Path.Combine(folder, name), file =>
        {
            checksums = new BlockChecksums(StoreLayout.BlockBytes);
            using var stream = new ChecksumStream(file, checksums);
            var writer = new SafeTensorsWriter(stream, Metadata(modality));
            writer.Declare(Positions, SafeTensorType.I32, [positions.Length]);
            writer.Write(MemoryMarshal.AsBytes(positions.AsSpan()));
            writer.Complete();
        }, storage);
        return (name, checksums.Length, checksums.Finish());
    }

    /// <summary>The positions by row; those of a store that has not grown are the rows.</summary>
    /// <exception cref="UserErrorException">the file is missing, damaged or another modality's</exception>
    public static int[] Read(string folder, ManifestModality modality, StoreManifest manifest)
    {
        if (modality.RowIndex is not { } index)
            return [.. Enumerable.Range(0, manifest.Rows)];
        string path = Path.Combine(folder, index.File);
        if (Damage(path, index, manifest.BlockBytes) is { } damage)
            StoreErrors.DamagedRowIndex(path, modality.Name, damage);
        using var file = SafeTensorsFile.Open(path);
        foreach (var (key, expected) in Metadata(modality.Specification()))
        {
            string found = file.Metadata.GetValueOrDefault(key, "(none)");
            if (found != expected)
                StoreErrors.DamagedRowIndex(path, modality.Name, $"it has the {key.Replace('_', ' ')} '{Excerpt.Of(found)}' instead of '{Excerpt.Of(expected)}'");
        }
        var positions = file.Span<int>(Positions);
        if (positions.Length != manifest.Rows)
            StoreErrors.DamagedRowIndex(path, modality.Name, $"it has {positions.Length} rows and the store {manifest.Rows}");
        return positions.ToArray();
    }

    private static unsafe string? Damage(string path, ManifestRowIndex index, int blockBytes)
    {
        if (FileKinds.Of(path) == FileKind.Missing)
            return "it does not exist";
        using var file = new MappedFile(path, "a row index");
        if (file.Length != index.Bytes)
            return $"it is {file.Length} bytes long and the manifest says {index.Bytes}";
        var blocks = new CheckedBlocks(file, blockBytes, index.Crc32c);
        return blocks.FirstDamaged() is var block and >= 0 ? $"block {block} has the checksum {blocks.Found(block)} and the manifest says {blocks.Expected(block)}" : null;
    }

    private static Dictionary<string, string> Metadata(ModalitySpecification modality) => new()
    {
        ["format"] = Format,
        ["version"] = "1",
        ["modality"] = modality.Name,
        ["encoder_fingerprint"] = modality.EncoderFingerprint,
    };
}
