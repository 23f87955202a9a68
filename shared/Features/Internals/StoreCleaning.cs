namespace UniM2Rec.Features;

/// <summary>Makes folder and manifest agree.</summary>
internal static class StoreCleaning
{
    /// <summary>
    /// Deletes half-written files and whatever the store's manifests do not name: of killed runs, of replaced encoders and of former states.
    /// Whatever has no name of exactly that form is somebody else's.
    /// </summary>
    /// <param name="folder">the store's</param>
    /// <param name="manifest">the store as readers see it</param>
    /// <param name="next">the state that it is growing into, or null for none</param>
    /// <param name="storage">where files are deleted</param>
    /// <exception cref="Diagnostics.UserErrorException">a file can't be deleted</exception>
    public static void DeleteLeftovers(string folder, StoreManifest manifest, StoreManifest? next, IStorage storage)
    {
        // Without the state that names them, its files are nobody's.
        if (next is null && File.Exists(Path.Combine(folder, StoreLayout.NextManifestFile)))
            AtomicFile.Delete(Path.Combine(folder, StoreLayout.NextManifestFile), storage);
        var named = manifest.Files.Concat(next?.Files ?? []).ToHashSet();
        var files = Directory.EnumerateFiles(folder)
            .Where(path => Path.GetFileName(path) is var name && !named.Contains(name)
                && (name == StoreLayout.ItemTableFile || StoreLayout.IsShard(name) || StoreLayout.IsOfGrowth(name) || StoreLayout.IsTemporary(name)))
            .ToList();
        foreach (string path in files)
            AtomicFile.Delete(path, storage);
    }

    /// <summary>
    /// The manifest without shards that are gone or cut off, so that a run makes exactly these again. A complete modality that lacks
    /// one becomes unfinished.
    /// </summary>
    /// <param name="folder">the store's</param>
    /// <param name="manifest">the manifest</param>
    /// <param name="storage">where files go</param>
    /// <param name="name">the manifest's file</param>
    public static StoreManifest WithoutMissingShards(string folder, StoreManifest manifest, IStorage storage, string name = StoreLayout.ManifestFile)
    {
        if (Shards(manifest).All(IsThere))
            return manifest;
        var repaired = manifest with { Modalities = [.. manifest.Modalities.Where(modality => modality.Shards.All(IsThere))] };
        foreach (var modality in manifest.Modalities.Where(modality => !modality.Shards.All(IsThere)))
        {
            // Rows of a newer encoder in the making are worth more than those of the damaged older one.
            if (manifest.Unfinished?.Any(begun => begun.Name == modality.Name) != true)
                repaired = repaired.WithUnfinished(WhatIsThere(modality));
        }
        foreach (var modality in manifest.Unfinished ?? [])
            repaired = repaired.WithUnfinished(WhatIsThere(modality));
        return ManifestFile.Write(folder, repaired, storage, name);

        // In a store that has grown, rows of a shard from before its last growth get other places.
        ManifestModality WhatIsThere(ManifestModality modality) => modality.RowIndex is { } index && modality.Shards.Any(shard => !IsThere(shard) && !(shard.FirstRow >= index.First))
            ? (modality with { RowIndex = index with { First = null, Count = null } }).With(modality.Shards.Where(IsThere))
            : modality.With(modality.Shards.Where(IsThere));

        bool IsThere(ManifestShard shard)
        {
            var file = new FileInfo(Path.Combine(folder, shard.File));
            return file.Exists && file.Length == shard.Bytes;
        }
    }

    private static IEnumerable<ManifestShard> Shards(StoreManifest manifest) => manifest.All.SelectMany(modality => modality.Shards);
}
