namespace UniM2Rec.Features;

/// <summary>
/// Makes a feature store, or goes on with one. Per modality: <see cref="StartModality"/>, then for each of
/// <see cref="ModalityWriter.Pending"/> a <see cref="ShardBuffer"/> that is filled and committed. A run that is killed at any moment
/// leaves whole shards only, and the next one makes the rest; the result does not show it.
/// </summary>
public sealed class FeatureStoreWriter : IDisposable
{
    private readonly string _folder;
    private readonly IStorage _storage;
    private readonly FolderLock _held;
    private readonly Lock _committing = new();
    private StoreManifest _manifest;

    internal FeatureStoreWriter(string folder, IStorage storage, FolderLock held, StoreManifest manifest) =>
        (this._folder, this._storage, this._held, this._manifest) = (folder, storage, held, manifest);

    /// <summary>Absolute path of the folder.</summary>
    public string Folder => _folder;

    /// <summary>Items in all domains.</summary>
    public int ItemCount => _manifest.Rows;

    /// <summary>The share of the run that is made here, or null for all of it.</summary>
    public StorePartition? Partition => _manifest.Partition;

    /// <summary>Modalities that are complete.</summary>
    public IReadOnlyList<ModalitySpecification> Complete => [.. _manifest.Modalities.Select(modality => modality.Specification())];

    /// <summary>Begins or continues a store: <see cref="StoreFolder.Hold"/> and <see cref="StoreFolder.Open"/> in one.</summary>
    /// <param name="folder">made if it does not exist</param>
    /// <param name="items">the rows</param>
    /// <param name="options">rows a shard, partition, and what happens to a store of another catalogue</param>
    /// <exception cref="UserErrorException">
    /// the folder holds a store of another catalogue, shard size or partition, or what is no store's; another program writes into it; it
    /// can't be written to
    /// </exception>
    public static FeatureStoreWriter Open(string folder, ItemTable items, FeatureStoreOptions? options = null)
    {
        using var held = StoreFolder.Hold(folder);
        return held.Open(items, options ?? new FeatureStoreOptions());
    }

    /// <summary>
    /// Begins or continues a modality. One that is complete for the same encoder has nothing pending; one of another encoder stays
    /// readable until the new rows are complete, and is then replaced in one step. Other modalities are not touched.
    /// </summary>
    /// <param name="modality">what the rows are</param>
    /// <param name="again">numbers of shards to make again though they are there; the modality is unfinished until they are</param>
    /// <exception cref="UserErrorException">the modality's name has characters that are not allowed</exception>
    public ModalityWriter StartModality(ModalitySpecification modality, IReadOnlySet<int>? again = null)
    {
        if (modality.Name.Length == 0 || modality.Name.Any(character => character is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')))
            StoreErrors.BadModalityName(modality.Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(modality.Width, 1, nameof(modality));
        lock (_committing)
        {
            if (again?.Count > 0 && Kept(modality) is { } kept)
                GiveUp(kept, again);
            var begun = Find(_manifest.Unfinished, modality.Name);
            if (Find(_manifest.Modalities, modality.Name) is { } complete && complete.Specification().MakesSameRowsAs(modality))
            {
                // Another encoder was begun and given up: back to the rows that are there.
                if (begun is not null)
                    SaveUnfinished(complete);
                return new ModalityWriter(this, modality, []);
            }
            if (begun is null || !begun.Specification().MakesSameRowsAs(modality))
                SaveUnfinished(begun = ManifestModality.Empty(modality));
            var done = begun.Shards.Select(shard => shard.FirstRow).ToHashSet();
            var pending = OwnShards().Where(shard => !done.Contains(shard.FirstRow)).ToList();
            // Nothing will be committed then, so the modality is completed here: a store without rows, or a part without shards.
            if (pending.Count == 0)
                SaveUnfinished(begun);
            return new ModalityWriter(this, modality, pending);
        }
    }

    /// <summary>What the shards that a modality would keep were given to remember (<see cref="ShardBuffer.Note"/>), by number of the shard.</summary>
    /// <exception cref="UserErrorException">a shard can't be read</exception>
    public IReadOnlyList<(int Shard, string Note)> Notes(ModalitySpecification modality)
    {
        var notes = new List<(int, string)>();
        foreach (var shard in Kept(modality)?.Shards ?? [])
        {
            using var file = new MappedShard(_folder, shard, modality, _manifest);
            if (file.Note is { } note)
                notes.Add((shard.FirstRow / _manifest.ShardRows, note));
        }
        return notes;
    }

    /// <summary>Lets another program write into the store.</summary>
    public void Dispose()
    {
        Memory.Dispose();
        _held.Dispose();
    }

    internal ShardMemory Memory { get; } = new();

    internal void Commit(ModalitySpecification modality, ShardBuffer shard)
    {
        lock (_committing)
        {
            var written = ShardFile.Write(_folder, modality, shard, _manifest.Dataset.Fingerprint, _storage);
            var begun = Find(_manifest.Unfinished, modality.Name)!;
            SaveUnfinished(begun.With(begun.Shards.Append(written)));
        }
    }

    private IEnumerable<ShardRange> OwnShards()
    {
        int count = ShardRange.CountFor(_manifest.Rows, _manifest.ShardRows);
        var (first, end) = _manifest.Partition?.Shards(count) ?? (0, count);
        return Enumerable.Range(first, end - first).Select(index => ShardRange.At(index, _manifest.Rows, _manifest.ShardRows));
    }

    // The manifest in memory changes only when the one on disk has.
    private void SaveUnfinished(ManifestModality modality)
    {
        Save(_manifest.WithUnfinished(modality));
        bool replacesOlderRows = modality.Shards.Count == 0 || Find(_manifest.Unfinished, modality.Name) is null;
        if (replacesOlderRows)
            StoreCleaning.DeleteLeftovers(_folder, _manifest, _storage);
    }

    private void Save(StoreManifest next)
    {
        ManifestFile.Write(_folder, next, _storage);
        _manifest = next;
    }

    private ManifestModality? Kept(ModalitySpecification modality) =>
        new[] { Find(_manifest.Modalities, modality.Name), Find(_manifest.Unfinished, modality.Name) }
            .FirstOrDefault(known => known?.Specification().MakesSameRowsAs(modality) == true);

    // A new shard takes the old one's name, so no complete modality may name it meanwhile.
    private void GiveUp(ManifestModality modality, IReadOnlySet<int> shards)
    {
        var without = _manifest with { Modalities = [.. _manifest.Modalities.Where(known => known != modality)] };
        Save(without.WithUnfinished(modality.With(modality.Shards.Where(shard => !shards.Contains(shard.FirstRow / _manifest.ShardRows)))));
        StoreCleaning.DeleteLeftovers(_folder, _manifest, _storage);
    }

    private static ManifestModality? Find(IEnumerable<ManifestModality>? modalities, string name) =>
        modalities?.FirstOrDefault(modality => modality.Name == name);
}

/// <summary>How a store is written.</summary>
public sealed record FeatureStoreOptions
{
    /// <summary>Rows a shard: what a killed run loses at most, a modality. All parts of a run need the same number.</summary>
    public int ShardRows { get; init; } = StoreLayout.DefaultShardRows;

    /// <summary>Make this share only, to be merged by <see cref="FeatureStoreMerger"/>.</summary>
    public StorePartition? Partition { get; init; }

    /// <summary>Replace whatever store is in the folder, instead of continuing it or refusing one of another catalogue.</summary>
    public bool StartOver { get; init; }

    /// <summary>What to do where the folder holds another store, beside writing elsewhere.</summary>
    public string OtherStoreAdvice { get; init; } = "start this one over with the same encoders by --start-over, or write into a new folder";

    /// <summary>Where files go; tests put failing storage here.</summary>
    public IStorage Storage { get; init; } = DiskStorage.Instance;
}
