using UniM2Rec.Diagnostics;
using UniM2Rec.Features.Manifest;
using UniM2Rec.Storage;

namespace UniM2Rec.Features;

/// <summary>Puts the parts of a run together: the result is, byte by byte, the store of an undivided run.</summary>
public static class FeatureStoreMerger
{
    /// <summary>Copies the parts' shards, checking their checksums, and writes the manifest of the whole last.</summary>
    /// <param name="parts">folders of all parts, in any order</param>
    /// <param name="output">a new or empty folder, or one where a merge of the same parts was cut short</param>
    /// <param name="progress">shows the bytes copied</param>
    /// <param name="cancellation">stops between two shards; the next merge makes them again</param>
    /// <param name="storage">null for the file system</param>
    /// <exception cref="UserErrorException">
    /// a part is missing, unfinished, damaged or of another run; the output holds a store; it can't be written to
    /// </exception>
    public static void Merge(
        IReadOnlyList<string> parts, string output, IProgressSink progress, CancellationToken cancellation, IStorage? storage = null)
    {
        storage ??= DiskStorage.Instance;
        output = Path.GetFullPath(output);
        PartSet set = PartSet.Open(parts);
        if (File.Exists(Path.Combine(output, StoreLayout.ManifestFile)))
            StoreErrors.OutputHoldsStore(output);
        CreateFolder(output);

        StoreManifest whole = set.Whole();
        using IProgressTask task = progress.Start("merge", set.Shards.Sum(shard => shard.Shard.Bytes), "bytes");
        CopyItems(set.FirstFolder, output, whole.ItemTable, storage);
        foreach (var (folder, shard) in set.Shards)
        {
            cancellation.ThrowIfCancellationRequested();
            CopyShard(folder, output, shard, whole.BlockBytes, storage);
            task.Advance(shard.Bytes);
        }
        ManifestFile.Write(output, whole, storage);
        StoreCleaning.DeleteLeftovers(output, whole, storage);
    }

    private static void CreateFolder(string output)
    {
        try
        {
            Directory.CreateDirectory(output);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(output, failure);
        }
    }

    private static void CopyItems(string folder, string output, ManifestItemTable table, IStorage storage)
    {
        FeatureStore.CheckLength(folder, table.File, table.Bytes);
        using FileStream source = File.OpenRead(Path.Combine(folder, table.File));
        AtomicFile.Write(Path.Combine(output, table.File), source.CopyTo, storage);
    }

    private static unsafe void CopyShard(string folder, string output, ManifestShard shard, int blockBytes, IStorage storage)
    {
        FeatureStore.CheckLength(folder, shard.File, shard.Bytes);
        using var source = new MappedFile(Path.Combine(folder, shard.File), "a shard");
        AtomicFile.Write(Path.Combine(output, shard.File), file =>
        {
            var checksums = new BlockChecksums(blockBytes);
            for (long done = 0; done < source.Length; done += blockBytes)
            {
                var block = new ReadOnlySpan<byte>(source.Start + done, (int)Math.Min(blockBytes, source.Length - done));
                checksums.Append(block);
                file.Write(block);
            }
            CheckBlocks(source.Path, checksums.Finish(), shard.Crc32c);
        }, storage);
    }

    private static void CheckBlocks(string path, string found, string expected)
    {
        for (int digit = 0; digit < expected.Length; digit += 8)
        {
            if (found.AsSpan(digit, 8) is var block && !block.SequenceEqual(expected.AsSpan(digit, 8)))
                StoreErrors.DamagedBlock(path, digit / 8, block.ToString(), expected.Substring(digit, 8));
        }
    }
}
