namespace UniM2Rec.Features;

/// <summary>Makes folder and manifest agree.</summary>
internal static class StoreCleaning
{
    /// <summary>
    /// Deletes half-written files and shards that the manifest does not name: of killed runs and of replaced encoders. Whatever has no
    /// name of exactly that form is somebody else's.
    /// </summary>
    /// <exception cref="Diagnostics.UserErrorException">a file can't be deleted</exception>
    public static void DeleteLeftovers(string folder, StoreManifest manifest, IStorage storage)
    {
        var named = Shards(manifest).Select(shard => shard.File).ToHashSet();
        var files = Directory.EnumerateFiles(folder)
            .Where(path => Path.GetFileName(path) is var name && !named.Contains(name) && (StoreLayout.IsShard(name) || StoreLayout.IsTemporary(name)))
            .ToList();
        foreach (string path in files)
            AtomicFile.Delete(path, storage);
    }

    /// <summary>
    /// The manifest without shards that are gone or cut off, so that a run makes exactly these again. A complete modality that lacks
    /// one becomes unfinished.
    /// </summary>
    public static StoreManifest WithoutMissingShards(string folder, StoreManifest manifest, IStorage storage)
    {
        if (Shards(manifest).All(IsThere))
            return manifest;
        var repaired = manifest with { Modalities = [.. manifest.Modalities.Where(modality => modality.Shards.All(IsThere))] };
        foreach (var modality in manifest.Modalities.Where(modality => !modality.Shards.All(IsThere)))
        {
            // Rows of a newer encoder in the making are worth more than those of the damaged older one.
            if (manifest.Unfinished?.Any(begun => begun.Name == modality.Name) != true)
                repaired = repaired.WithUnfinished(modality.With(modality.Shards.Where(IsThere)));
        }
        foreach (var modality in manifest.Unfinished ?? [])
            repaired = repaired.WithUnfinished(modality.With(modality.Shards.Where(IsThere)));
        ManifestFile.Write(folder, repaired, storage);
        return repaired;

        bool IsThere(ManifestShard shard)
        {
            var file = new FileInfo(Path.Combine(folder, shard.File));
            return file.Exists && file.Length == shard.Bytes;
        }
    }

    private static IEnumerable<ManifestShard> Shards(StoreManifest manifest) =>
        manifest.Modalities.Concat(manifest.Unfinished ?? []).SelectMany(modality => modality.Shards);
}
