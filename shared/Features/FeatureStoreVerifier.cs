using System.Security.Cryptography;

namespace UniM2Rec.Features;

/// <summary>Reads every byte of a store, whole or part, and compares it with the manifest's checksums.</summary>
public static class FeatureStoreVerifier
{
    /// <summary>Checks a store.</summary>
    /// <exception cref="UserErrorException">there is no store, or its manifest is damaged</exception>
    /// <exception cref="OperationCanceledException">cancelled</exception>
    public static VerificationReport Verify(string folder, IProgressSink progress, CancellationToken cancellation)
    {
        folder = Path.GetFullPath(folder);
        var manifest = ManifestFile.Read(folder);
        var shards = Files(manifest);
        if (FileKinds.Of(Path.Combine(folder, StoreLayout.NextManifestFile)) != FileKind.Missing)
            shards = [.. shards.UnionBy(Files(ManifestFile.Read(folder, StoreLayout.NextManifestFile)), file => file.File)];
        using var task = progress.Start("verify", shards.Sum(shard => shard.Bytes) + manifest.ItemTable.Bytes, "bytes");
        var problems = new List<string>();
        long bytes = VerifyItems(folder, manifest, problems);
        task.Advance(bytes);
        Parallel.ForEach(shards, new ParallelOptions { CancellationToken = cancellation }, shard =>
        {
            var found = new List<string>();
            long read = VerifyFile(folder, shard, manifest.BlockBytes, found);
            task.Advance(read);
            Interlocked.Add(ref bytes, read);
            lock (problems)
                problems.AddRange(found);
        });
        problems.Sort(StringComparer.Ordinal);
        return new VerificationReport(shards.Count + 1, bytes, problems);
    }

    /// <summary>Shards and row indices.</summary>
    private static List<(string File, long Bytes, string Crc32c)> Files(StoreManifest manifest) =>
    [
        .. manifest.All.SelectMany(modality => modality.Shards).Select(shard => (shard.File, shard.Bytes, shard.Crc32c)),
        .. manifest.All.Select(modality => modality.RowIndex).OfType<ManifestRowIndex>().Select(index => (index.File, index.Bytes, index.Crc32c)),
    ];

    private static long VerifyItems(string folder, StoreManifest manifest, List<string> problems)
    {
        var table = manifest.ItemTable;
        if (!CheckLength(folder, table.File, table.Bytes, problems))
            return 0;
        string path = Path.Combine(folder, table.File);
        using var file = RegularFile.Open(path, "a store's item table");
        string hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != table.Sha256)
            problems.Add($"'{path}' has the hash {hash}; the manifest says {table.Sha256}");
        return table.Bytes;
    }

    private static unsafe long VerifyFile(string folder, (string File, long Bytes, string Crc32c) expected, int blockBytes, List<string> problems)
    {
        if (!CheckLength(folder, expected.File, expected.Bytes, problems))
            return 0;
        string path = Path.Combine(folder, expected.File);
        using var file = new MappedFile(path, "a shard");
        var blocks = new CheckedBlocks(file, blockBytes, expected.Crc32c);
        for (int block = 0; block < blocks.Count; block++)
        {
            if (blocks.Found(block) is var found && found != blocks.Expected(block))
                problems.Add($"block {block} of '{path}' has the checksum {found}; the manifest says {blocks.Expected(block)}");
        }
        return expected.Bytes;
    }

    private static bool CheckLength(string folder, string file, long expected, List<string> problems)
    {
        var info = new FileInfo(Path.Combine(folder, file));
        if (info.Exists && info.Length == expected)
            return true;
        try
        {
            RegularFile.Require(info.FullName);
        }
        catch (UserErrorException other)
        {
            problems.Add(other.Message);
            return false;
        }
        problems.Add(info.Exists
            ? $"'{info.FullName}' is {info.Length} bytes long; the manifest says {expected}"
            : $"'{info.FullName}' does not exist; the manifest names it");
        return false;
    }
}

/// <summary>What a check of all checksums found.</summary>
/// <param name="Files">files that were read</param>
/// <param name="Bytes">bytes that were read</param>
/// <param name="Problems">one sentence a damaged or missing file or block; empty when all is well</param>
public sealed record VerificationReport(int Files, long Bytes, IReadOnlyList<string> Problems);
