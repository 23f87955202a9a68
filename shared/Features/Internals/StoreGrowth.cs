using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Features;

/// <summary>Brings what a store has to another state of its catalogue: the rows of items that are still there lie where they lay.</summary>
internal static class StoreGrowth
{
    /// <summary>The manifest of the new state, in which every modality is unfinished until its new and changed rows are made.</summary>
    /// <param name="folder">the store's; the new item table and row indices are written into it, under names of their own</param>
    /// <param name="from">a former state</param>
    /// <param name="items">the items as they are now</param>
    /// <param name="basis">checksum of the manifest whose place the new one is to take</param>
    /// <param name="storage">where files go</param>
    /// <exception cref="UserErrorException">the former state's item table or row indices are lost or damaged, or a file can't be written</exception>
    public static StoreManifest Begin(string folder, StoreManifest from, ItemTable items, string basis, IStorage storage)
    {
        var table = items.Describe() with { File = StoreLayout.ItemTable(items.Describe().Sha256) };
        AtomicFile.Write(Path.Combine(folder, table.File), items.WriteTo, storage);
        var now = ManifestFile.New(items, table, from.ShardRows, partition: null) with { Basis = basis };
        int[] former = FormerRows(folder, from, now);
        foreach (var modality in from.Modalities.Concat(from.Unfinished ?? []).DistinctBy(modality => modality.Name))
            now = now.WithUnfinished(Carried(folder, (from, modality), former, now, storage));
        return ManifestFile.Write(folder, now, storage, StoreLayout.NextManifestFile);
    }

    /// <summary>By row: its item's row in a former state, or -1.</summary>
    /// <exception cref="UserErrorException">an item table is lost or damaged</exception>
    public static int[] FormerRows(string folder, StoreManifest from, StoreManifest now)
    {
        int[] former = new int[now.Rows];
        if (from.ItemTable.Sha256 == now.ItemTable.Sha256)
        {
            for (int row = 0; row < former.Length; row++)
                former[row] = row;
            return former;
        }
        using var earlier = OpenFormer(folder, from);
        using var present = new ItemTableFile(folder, now);
        foreach (var domain in now.Domains)
            earlier.FindAll(present, domain, former);
        return former;
    }

    /// <summary>By row of the present state: where a modality of a former one has it; <see cref="RowIndexFile.None"/> where it has not.</summary>
    public static int[] Positions(string folder, (StoreManifest Manifest, ManifestModality Modality) from, int[] former)
    {
        int[] positions = RowIndexFile.Read(folder, from.Modality, from.Manifest);
        var there = from.Modality.Shards.ToDictionary(shard => shard.FirstRow / from.Manifest.ShardRows, shard => shard.Rows);
        return Array.ConvertAll(former, row => row >= 0 && positions[row] is var at and >= 0 && at % from.Manifest.ShardRows < there.GetValueOrDefault(at / from.Manifest.ShardRows) ? at : RowIndexFile.None);
    }

    /// <summary>The shards of a former state as a manifest of the present one names them.</summary>
    public static IEnumerable<ManifestShard> Shards((StoreManifest Manifest, ManifestModality Modality) from, StoreManifest now) =>
        from.Modality.Shards.Select(shard => (shard.Dataset ?? from.Manifest.Dataset.Fingerprint) is var made && made == now.Dataset.Fingerprint ? shard with { Dataset = null } : shard with { Dataset = made });

    private static ManifestModality Carried(string folder, (StoreManifest Manifest, ManifestModality Modality) from, int[] former, StoreManifest now, IStorage storage)
    {
        var modality = from.Modality.Specification();
        int[] positions = Positions(folder, from, former);
        using var kept = new KeptRows(folder, now, modality);
        kept.Add(Shards(from, now), positions);
        var (shards, abandoned) = kept.Live(positions);
        var (file, bytes, crc32c) = RowIndexFile.Write(folder, modality, positions, storage);
        return (from.Modality with { RowIndex = new ManifestRowIndex(file, bytes, crc32c, abandoned, First: null, Count: null) }).With(shards);
    }

    private static ItemTableFile OpenFormer(string folder, StoreManifest from)
    {
        try
        {
            return new ItemTableFile(folder, from);
        }
        catch (UserErrorException lost)
        {
            StoreErrors.LostFormerItems(Path.Combine(folder, from.ItemTable.File), lost);
            return null;
        }
    }
}
