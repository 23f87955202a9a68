namespace UniM2Rec.Features.Manifest;

/// <summary>Checks a manifest's statements against each other, so that the rest of the code may rely on them.</summary>
internal static class ManifestCheck
{
    /// <summary>The first contradiction, or null.</summary>
    public static string? Problem(StoreManifest manifest)
    {
        if (manifest.Rows < 0 || manifest.ShardRows < 1 || manifest.BlockBytes < 1)
            return $"rows is {manifest.Rows}, shardRows {manifest.ShardRows} and blockBytes {manifest.BlockBytes}";
        if (manifest.Partition is { } part && (part.Index < 1 || part.Index > part.Count))
            return $"partition is {part}";
        int row = 0;
        foreach (DomainRange domain in manifest.Domains)
        {
            if (domain.FirstRow != row || domain.Count < 0)
                return $"domain '{domain.Name}' begins at row {domain.FirstRow} instead of {row}";
            row += domain.Count;
        }
        if (row != manifest.Rows)
            return $"the domains have {row} rows and the store {manifest.Rows}";
        if (!IsPlainName(manifest.ItemTable.File))
            return $"the item table's name is '{manifest.ItemTable.File}'";
        return manifest.Modalities.Select(modality => Problem(modality, manifest) ?? MissingShard(modality, manifest))
            .Concat((manifest.Unfinished ?? []).Select(modality => Problem(modality, manifest)))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? Problem(ManifestModality modality, StoreManifest manifest)
    {
        if (modality.Width < 1 || FeatureTypes.Parse(modality.Type) is null)
            return $"modality '{modality.Name}' has width {modality.Width} and type {modality.Type}";
        int previous = -1;
        foreach (ManifestShard shard in modality.Shards)
        {
            ShardRange range = ShardRange.At(shard.FirstRow / manifest.ShardRows, manifest.Rows, manifest.ShardRows);
            if (shard.FirstRow <= previous || shard.FirstRow != range.FirstRow || shard.Rows != range.Rows)
                return $"shard '{shard.File}' holds rows {shard.FirstRow} to {shard.FirstRow + shard.Rows - 1}, which is no whole shard";
            long blocks = (shard.Bytes + manifest.BlockBytes - 1) / manifest.BlockBytes;
            if (!IsPlainName(shard.File) || shard.Crc32c.Length != 8 * blocks)
                return $"shard '{shard.File}' of {shard.Bytes} bytes has {shard.Crc32c.Length / 8} checksums";
            previous = shard.FirstRow;
        }
        return null;
    }

    private static string? MissingShard(ManifestModality modality, StoreManifest manifest)
    {
        int expected = ShardRange.CountFor(manifest.Rows, manifest.ShardRows);
        return modality.Shards.Count == expected ? null
            : $"modality '{modality.Name}' has {modality.Shards.Count} shards instead of {expected}";
    }

    // A manifest must not lead out of its folder.
    private static bool IsPlainName(string file) => file.Length > 0 && file == Path.GetFileName(file) && file is not ("." or "..");
}
