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
    private StoreManifest _published;
    private StoreManifest? _next;
    private int[]? _former;

    internal FeatureStoreWriter(string folder, IStorage storage, FolderLock held, (StoreManifest Published, StoreManifest? Next) manifests)
    {
        (this._folder, this._storage, this._held) = (folder, storage, held);
        (_published, _next) = manifests;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder => _folder;

    /// <summary>Items in all domains.</summary>
    public int ItemCount => Current.Rows;

    /// <summary>The share of the run that is made here, or null for all of it.</summary>
    public StorePartition? Partition => Current.Partition;

    /// <summary>Modalities that are complete, in the state that readers see.</summary>
    public IReadOnlyList<ModalitySpecification> Complete => [.. _published.Modalities.Select(modality => modality.Specification())];

    /// <summary>Modalities that are complete or in the making.</summary>
    public IReadOnlyList<ModalitySpecification> Known => [.. Current.All.Concat(_published.All).DistinctBy(modality => modality.Name).Select(modality => modality.Specification())];

    /// <summary>Whether what is written belongs to another state of the store than readers see until <see cref="Publish"/>.</summary>
    public bool IsGrowing => _next is not null;

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
    /// Begins or continues a modality. One that is complete for the same encoder has nothing pending but the rows that are new or made from
    /// something else now, which come into shards of their own; one of another encoder stays readable until the new rows are complete, and
    /// is then replaced in one step. Other modalities are not touched.
    /// </summary>
    /// <param name="modality">what the rows are</param>
    /// <param name="comparison">tells rows that were made from something else; null where all that is there is as it should be</param>
    /// <exception cref="UserErrorException">the modality's name has characters that are not allowed, or what is there can't be read</exception>
    public ModalityWriter StartModality(ModalitySpecification modality, IRowComparison? comparison = null)
    {
        if (modality.Name.Length == 0 || modality.Name.Any(character => character is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')))
            StoreErrors.BadModalityName(modality.Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(modality.Width, 1, nameof(modality));
        lock (_committing)
        {
            using var plan = PlanOf(modality);
            if (plan.Entry is null)
                SaveUnfinished(ManifestModality.Empty(modality));
            else if (!plan.Compare(comparison))
                Replan(plan);
            else if (Find(Current.Modalities, modality.Name) == plan.Entry && Find(Current.Unfinished, modality.Name) is not null)
                // Another encoder was begun and given up: back to the rows that are there.
                SaveUnfinished(plan.Entry);
            var entry = Kept(Current, modality)!;
            var pending = Pending(entry);
            // Nothing will be committed then, so the modality is completed here: a store without rows, or a part without shards.
            if (pending.Count == 0 && Find(Current.Unfinished, modality.Name) is not null)
                SaveUnfinished(entry);
            return new ModalityWriter(this, modality, pending, entry.RowIndex is null ? null : (entry.RowIndex.First!.Value, RowPlan.Made(_folder, entry, Current))) { Untold = plan.Untold };
        }
    }

    /// <summary>Takes a modality into the state that the store is growing into as it is, without rows for items that are new.</summary>
    /// <returns>how many items have no row in it</returns>
    /// <exception cref="UserErrorException">what is there can't be read</exception>
    public int KeepAsItIs(string modality)
    {
        lock (_committing)
        {
            if (Find(_next?.Unfinished, modality) is not { RowIndex: { } index } carried)
                return 0;
            int behind = carried.Shards.Count == 0 ? 0 : carried.Shards[^1].FirstRow + _next!.ShardRows;
            SaveUnfinished(carried with { RowIndex = index with { First = behind, Count = 0 } });
            return RowIndexFile.Read(_folder, carried, _next!).Count(position => position == RowIndexFile.None);
        }
    }

    /// <summary>Lets readers see the state that the store has grown into, in one step; where it was not growing, nothing is to be done.</summary>
    /// <exception cref="UserErrorException">a modality that readers see is not complete in it, or it can't be put in its place</exception>
    public void Publish()
    {
        lock (_committing)
        {
            if (_next is null)
                return;
            string[] missing = [.. _published.Modalities.Select(modality => modality.Name).Except(_next.Modalities.Select(modality => modality.Name))];
            if (missing.Length > 0)
                StoreErrors.NotGrown(_folder, missing);
            string path = Path.Combine(_folder, StoreLayout.ManifestFile);
            try
            {
                _storage.Replace(Path.Combine(_folder, StoreLayout.NextManifestFile), path);
                _storage.SyncFolder(_folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                StorageErrors.CannotWrite(path, failure);
            }
            // Files of the former state stay for those who have it open, until the next run.
            (_published, _next) = (_next, null);
        }
    }

    /// <summary>What the shards that a modality would keep were given to remember (<see cref="ShardBuffer.Note"/>).</summary>
    /// <exception cref="UserErrorException">a shard can't be read</exception>
    public IReadOnlyList<ShardNote> Notes(ModalitySpecification modality)
    {
        lock (_committing)
        {
            using var plan = PlanOf(modality);
            return plan.Notes();
        }
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
            var written = ShardFile.Write(_folder, modality, shard, Current.Dataset.Fingerprint, _storage);
            var begun = Find(Current.Unfinished, modality.Name)!;
            SaveUnfinished(begun.With(begun.Shards.Append(written)));
        }
    }

    private StoreManifest Current => _next ?? _published;

    private RowPlan PlanOf(ModalitySpecification modality) =>
        new(_folder, Current, modality, States(modality), () => _former ??= StoreGrowth.FormerRows(_folder, _published, Current));

    /// <summary>Where rows of a modality may be: in the state that is written, and in the one that readers see.</summary>
    private List<(StoreManifest Manifest, ManifestModality Modality)> States(ModalitySpecification modality)
    {
        var states = new List<(StoreManifest, ManifestModality)>();
        foreach (var manifest in new[] { Current, _published }.Distinct())
        {
            if (Kept(manifest, modality) is { } kept)
                states.Add((manifest, kept));
        }
        return states;
    }

    /// <summary>Gives the rows that have to be made places behind those that are there.</summary>
    private void Replan(RowPlan plan)
    {
        if (Current.Partition is not null)
        {
            // Shares are merged by the rows' own places, so what has changed is made again there, with the shard that holds it.
            GiveUp(plan.Entry!, plan.ChangedShards());
            return;
        }
        var appended = plan.Appended(Memory, _storage);
        if (_next is null && _published.Modalities.Contains(plan.Entry))
            _next = _published with { Basis = _published.Checksum ?? "" };
        Save((Current with { Modalities = [.. Current.Modalities.Where(known => known.Name != appended.Name)] }).WithUnfinished(appended));
    }

    /// <summary>Shards that are still to be made.</summary>
    private List<ShardRange> Pending(ManifestModality entry)
    {
        var done = entry.Shards.Select(shard => shard.FirstRow).ToHashSet();
        var planned = entry.RowIndex is { } index ? ShardRange.From(index.First!.Value, index.Count!.Value, Current.ShardRows) : OwnShards();
        return [.. planned.Where(shard => !done.Contains(shard.FirstRow))];
    }

    private IEnumerable<ShardRange> OwnShards()
    {
        int count = ShardRange.CountFor(Current.Rows, Current.ShardRows);
        var (first, end) = Current.Partition?.Shards(count) ?? (0, count);
        return Enumerable.Range(first, end - first).Select(index => ShardRange.At(index, Current.Rows, Current.ShardRows));
    }

    // The manifest in memory changes only when the one on disk has.
    private void SaveUnfinished(ManifestModality modality)
    {
        Save(Current.WithUnfinished(modality));
        bool replacesOlderRows = modality.Shards.Count == 0 || Find(Current.Unfinished, modality.Name) is null;
        if (replacesOlderRows && _next is null)
            StoreCleaning.DeleteLeftovers(_folder, _published, _next, _storage);
    }

    private void Save(StoreManifest changed)
    {
        if (_next is null)
            _published = ManifestFile.Write(_folder, changed, _storage);
        else
            _next = ManifestFile.Write(_folder, changed, _storage, StoreLayout.NextManifestFile);
    }

    private static ManifestModality? Kept(StoreManifest manifest, ModalitySpecification modality) =>
        new[] { Find(manifest.Modalities, modality.Name), Find(manifest.Unfinished, modality.Name) }
            .FirstOrDefault(known => known?.Specification().MakesSameRowsAs(modality) == true);

    // A new shard takes the old one's name, so no complete modality may name it meanwhile.
    private void GiveUp(ManifestModality modality, IReadOnlySet<int> shards)
    {
        var without = Current with { Modalities = [.. Current.Modalities.Where(known => known != modality)] };
        Save(without.WithUnfinished(modality.With(modality.Shards.Where(shard => !shards.Contains(shard.FirstRow / Current.ShardRows)))));
        StoreCleaning.DeleteLeftovers(_folder, _published, _next, _storage);
    }

    private static ManifestModality? Find(IEnumerable<ManifestModality>? modalities, string name) =>
        modalities?.FirstOrDefault(modality => modality.Name == name);
}

/// <summary>What a shard was given to remember.</summary>
/// <param name="Text">as it was given (<see cref="ShardBuffer.Note"/>)</param>
/// <param name="RowOf">from a position to the row that lies there, or -1</param>
public sealed record ShardNote(string Text, Func<int, int> RowOf);

/// <summary>How a store is written.</summary>
public sealed record FeatureStoreOptions
{
    /// <summary>Rows a shard: what a killed run loses at most, a modality. All parts of a run need the same number.</summary>
    public int ShardRows { get; init; } = StoreLayout.DefaultShardRows;

    /// <summary>Make this share only, to be merged by <see cref="FeatureStoreMerger"/>.</summary>
    public StorePartition? Partition { get; init; }

    /// <summary>
    /// Bring a store of another state of the catalogue to the present one, instead of refusing it: rows that are there stay, others are made, and
    /// readers see the new state once <see cref="FeatureStoreWriter.Publish"/> is called.
    /// </summary>
    public bool Grows { get; init; }

    /// <summary>Replace whatever store is in the folder, instead of continuing it or refusing one of another catalogue.</summary>
    public bool StartOver { get; init; }

    /// <summary>What to do where the folder holds another store, beside writing elsewhere.</summary>
    public string OtherStoreAdvice { get; init; } = "start this one over with the same encoders by --start-over, or write into a new folder";

    /// <summary>Where files go; tests put failing storage here.</summary>
    public IStorage Storage { get; init; } = DiskStorage.Instance;
}
