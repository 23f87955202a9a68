namespace UniM2Rec.Features;

/// <summary>Puts the parts of a run together: the result is, byte by byte, the store of an undivided run, with the encoders that were made for it.</summary>
public static class FeatureStoreMerger
{
    /// <summary>Copies the parts' shards, checking their checksums, and writes the manifest of the whole last.</summary>
    /// <param name="parts">folders of all parts, in any order</param>
    /// <param name="output">a new or empty folder, or one where a merge of the same parts was cut short</param>
    /// <param name="progress">shows the bytes copied</param>
    /// <param name="cancellation">stops between two shards; the next merge makes them again</param>
    /// <param name="storage">null for the file system</param>
    /// <exception cref="UserErrorException">
    /// a part is missing, unfinished, damaged or of another run; the output holds a store or what is no store's; another program writes
    /// into it; it can't be written to
    /// </exception>
    public static void Merge(
        IReadOnlyList<string> parts, string output, IProgressSink progress, CancellationToken cancellation, IStorage? storage = null)
    {
        storage ??= DiskStorage.Instance;
        output = Path.GetFullPath(output);
        var set = PartSet.Open(parts);
        using var held = StoreFolder.Hold(output);
        if (held.HoldsStore)
            StoreErrors.OutputHoldsStore(output);

        var whole = set.Whole();
        using var task = progress.Start("merge", set.Shards.Sum(shard => shard.Shard.Bytes), "bytes");
        CopyItems(set.FirstFolder, output, whole, storage);
        foreach (var (folder, modality, shard) in set.Shards)
        {
            cancellation.ThrowIfCancellationRequested();
            CopyShard(folder, output, (modality, shard), whole.BlockBytes, storage);
            task.Advance(shard.Bytes);
        }
        CopyEncoders(set.FirstFolder, output, storage);
        ManifestFile.Write(output, whole, storage);
        StoreCleaning.DeleteLeftovers(output, whole, next: null, storage);
    }

    private static void CopyItems(string folder, string output, StoreManifest manifest, IStorage storage)
    {
        var table = manifest.ItemTable;
        FeatureStore.CheckLength(folder, table.File, table.Bytes);
        ItemTableChecksum.Require(Path.Combine(folder, table.File), manifest);
        using var source = RegularFile.Open(Path.Combine(folder, table.File), "a store's item table");
        AtomicFile.Write(Path.Combine(output, table.File), source.CopyTo, storage);
    }

    /// <summary>The encoders that were fitted to the catalogue, which every part has alike: what comes later is encoded with the very same.</summary>
    private static void CopyEncoders(string folder, string output, IStorage storage)
    {
        string encoders = Path.Combine(folder, StoreLayout.EncodersFolder);
        if (!Directory.Exists(encoders)) return;
        foreach (string file in Directory.EnumerateFiles(encoders, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string copy = Path.Combine(output, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            using var source = RegularFile.Open(file, "a file of an encoder");
            AtomicFile.Write(copy, source.CopyTo, storage);
        }
    }

    private static unsafe void CopyShard(string folder, string output, (string Modality, ManifestShard Shard) from, int blockBytes, IStorage storage)
    {
        var (modality, shard) = from;
        FeatureStore.CheckLength(folder, shard.File, shard.Bytes);
        using var source = new MappedFile(Path.Combine(folder, shard.File), "a shard");
        AtomicFile.Write(Path.Combine(output, shard.File), file =>
        {
            var checksums = new BlockChecksums(blockBytes);
            for (long done = 0; done < source.Length; done += blockBytes)
            {
                source.RequireWhole();
                var block = new ReadOnlySpan<byte>(source.Start + done, (int)Math.Min(blockBytes, source.Length - done));
                checksums.Append(block);
                file.Write(block);
            }
            CheckBlocks(source.Path, modality, shard, checksums.Finish());
        }, storage);
    }

    private static void CheckBlocks(string path, string modality, ManifestShard shard, string found)
    {
        for (int digit = 0; digit < shard.Crc32c.Length; digit += 8)
        {
            string block = found.Substring(digit, 8), expected = shard.Crc32c.Substring(digit, 8);
            if (block != expected)
                StoreErrors.DamagedRows(path, modality, shard.FirstRow, shard.FirstRow + shard.Rows - 1, $"block {digit / 8} has the checksum {block} and the manifest says {expected}");
        }
    }
}

/// <summary>All parts of one run, checked against each other.</summary>
internal sealed class PartSet
{
    private readonly List<(string Folder, StoreManifest Manifest)> _parts;

    private PartSet(List<(string Folder, StoreManifest Manifest)> parts) => this._parts = parts;

    public string FirstFolder => _parts[0].Folder;

    /// <summary>Every shard of every modality, and where it is.</summary>
    public IEnumerable<(string Folder, string Modality, ManifestShard Shard)> Shards =>
        _parts.SelectMany(part => part.Manifest.Unfinished ?? [], (part, modality) => (part.Folder, modality))
            .SelectMany(pair => pair.modality.Shards, (pair, shard) => (pair.Folder, pair.modality.Name, shard));

    /// <exception cref="Diagnostics.UserErrorException">the folders are not all parts of one run, each finished</exception>
    public static PartSet Open(IReadOnlyList<string> folders)
    {
        if (folders.Count == 0)
            StoreErrors.NothingToMerge();
        var parts = new List<(string Folder, StoreManifest Manifest)>();
        foreach (string folder in folders.Select(Path.GetFullPath))
        {
            var manifest = ManifestFile.Read(folder);
            if (manifest.Partition is null)
                StoreErrors.NotAPart(folder);
            parts.Add((folder, manifest));
        }
        parts.Sort((a, b) => a.Manifest.Partition!.Index.CompareTo(b.Manifest.Partition!.Index));
        foreach (var part in parts)
            CheckSameRun(part, parts[0]);
        CheckIndices(parts);
        foreach (var part in parts)
            CheckFinished(part);
        return new PartSet(parts);
    }

    /// <summary>The manifest of the undivided run.</summary>
    public StoreManifest Whole()
    {
        var whole = _parts[0].Manifest with { Partition = null, Unfinished = null, Modalities = [] };
        foreach (var modality in _parts[0].Manifest.Unfinished ?? [])
        {
            var shards = _parts.SelectMany(part => Modality(part.Manifest, modality.Name)!.Shards);
            whole = whole.WithUnfinished(modality.With(shards));
        }
        return whole;
    }

    private static void CheckSameRun((string Folder, StoreManifest Manifest) part, (string Folder, StoreManifest Manifest) first)
    {
        Compare("number of parts", manifest => $"{manifest.Partition!.Count}");
        Compare("catalogue fingerprint", manifest => manifest.Dataset.Fingerprint);
        Compare("item table hash", manifest => manifest.ItemTable.Sha256);
        Compare("rows a shard", manifest => $"{manifest.ShardRows}");
        Compare("bytes of a checksum block", manifest => $"{manifest.BlockBytes}");
        Compare("modalities", manifest => string.Join(", ", (manifest.Unfinished ?? []).Select(modality => modality.Name)));
        foreach (string name in (part.Manifest.Unfinished ?? []).Select(modality => modality.Name))
        {
            Compare($"width of '{name}'", manifest => $"{Modality(manifest, name)!.Width}");
            Compare($"type of '{name}'", manifest => Modality(manifest, name)!.Type);
            Compare($"encoder fingerprint of '{name}'", manifest => Modality(manifest, name)!.Encoder.Fingerprint);
        }

        void Compare(string what, Func<StoreManifest, string> value)
        {
            if (value(part.Manifest) != value(first.Manifest))
                StoreErrors.PartsDiffer(part.Folder, what, value(part.Manifest), first.Folder, value(first.Manifest));
        }
    }

    private static void CheckIndices(List<(string Folder, StoreManifest Manifest)> parts)
    {
        for (int index = 1; index < parts.Count; index++)
        {
            if (parts[index].Manifest.Partition == parts[index - 1].Manifest.Partition)
                StoreErrors.SamePartTwice(parts[index].Manifest.Partition!, parts[index - 1].Folder, parts[index].Folder);
        }
        var missing = Enumerable.Range(1, parts[0].Manifest.Partition!.Count)
            .Except(parts.Select(part => part.Manifest.Partition!.Index))
            .Select(index => $"{parts[0].Manifest.Partition! with { Index = index }}")
            .ToList();
        if (missing.Count > 0)
            StoreErrors.MissingParts(string.Join(", ", missing));
    }

    private static void CheckFinished((string Folder, StoreManifest Manifest) part)
    {
        var (first, end) = part.Manifest.Partition!.Shards(ShardRange.CountFor(part.Manifest.Rows, part.Manifest.ShardRows));
        foreach (var modality in part.Manifest.Unfinished ?? [])
        {
            if (modality.Shards.Count != end - first)
                StoreErrors.UnfinishedPart(part.Folder, modality.Name, modality.Shards.Count, end - first);
        }
    }

    private static ManifestModality? Modality(StoreManifest manifest, string name) =>
        manifest.Unfinished?.FirstOrDefault(modality => modality.Name == name);
}
