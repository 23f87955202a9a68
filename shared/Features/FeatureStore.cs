using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Features;

/// <summary>
/// A feature store, opened for reading by memory map. Opening looks at the manifest and at the files' lengths; items and modalities are
/// mapped when they are first asked for. Nothing is given out that was not compared with its checksum: the item table as a whole, the
/// features block by block. Safe to use from several threads.
/// </summary>
public sealed class FeatureStore : IDisposable
{
    private readonly string _folder;
    private readonly StoreManifest _manifest;
    private readonly Lock _opening = new();
    private readonly Dictionary<string, ModalityFeatures> _modalities = [];
    private readonly Lazy<ItemTableFile> _items;

    private FeatureStore(string folder, StoreManifest manifest)
    {
        (this._folder, this._manifest) = (folder, manifest);
        ModalityNames = [.. manifest.Modalities.Select(modality => modality.Name)];
        _items = new Lazy<ItemTableFile>(() => new ItemTableFile(folder, manifest));
    }

    /// <summary>Opens a store.</summary>
    /// <exception cref="UserErrorException">
    /// no store, a newer version, a damaged manifest, a file that is missing or has another length, or a part of a run
    /// </exception>
    public static FeatureStore Open(string folder)
    {
        folder = Path.GetFullPath(folder);
        var manifest = ManifestFile.Read(folder);
        if (manifest.Partition is { } part)
            StoreErrors.IsPart(folder, part);
        CheckLength(folder, manifest.ItemTable.File, manifest.ItemTable.Bytes);
        foreach (var shard in manifest.Modalities.SelectMany(modality => modality.Shards))
            CheckLength(folder, shard.File, shard.Bytes);
        foreach (var index in manifest.Modalities.Select(modality => modality.RowIndex).OfType<ManifestRowIndex>())
            CheckLength(folder, index.File, index.Bytes);
        return new FeatureStore(folder, manifest);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder => _folder;

    /// <summary>Name of the catalogue that the rows come from.</summary>
    public string DatasetName => _manifest.Dataset.Name;

    /// <summary>Fingerprint of the catalogue that the rows come from.</summary>
    public string DatasetFingerprint => _manifest.Dataset.Fingerprint;

    /// <summary>Items in all domains; rows are numbered from 0.</summary>
    public int ItemCount => _manifest.Rows;

    /// <summary>Rows of each domain, in the order of dataset.json; within a domain in the order of items.csv.</summary>
    public IReadOnlyList<DomainRange> Domains => _manifest.Domains;

    /// <summary>Modalities that are complete.</summary>
    public IReadOnlyList<string> ModalityNames { get; }

    /// <summary>Id of the item of a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">no such row</exception>
    /// <exception cref="UserErrorException">the item table is missing, damaged or another store's</exception>
    public string GetItemId(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, ItemCount);
        return _items.Value.Id(row);
    }

    /// <summary>Row of an item, or -1 where the store has no such item or domain.</summary>
    /// <exception cref="UserErrorException">the item table is missing, damaged or another store's</exception>
    public int FindRow(string domain, string itemId) => _items.Value.Find(domain, itemId);

    /// <summary>A modality's rows; mapped at the first call, and disposed with the store.</summary>
    /// <exception cref="UserErrorException">no such modality, an unfinished one, or a shard that is not the manifest's</exception>
    public ModalityFeatures Modality(string name)
    {
        lock (_opening)
        {
            if (_modalities.TryGetValue(name, out var open))
                return open;
            var known = _manifest.Modalities.FirstOrDefault(modality => modality.Name == name);
            if (known is null)
                RefuseModality(name);
            return _modalities[name] = new ModalityFeatures(_folder, known, _manifest);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_items.IsValueCreated)
            _items.Value.Dispose();
        foreach (var modality in _modalities.Values)
            modality.Dispose();
    }

    internal static void CheckLength(string folder, string file, long expected)
    {
        var info = new FileInfo(Path.Combine(folder, file));
        if (info.Exists && info.Length == expected)
            return;
        RegularFile.Require(info.FullName);
        if (!info.Exists)
            StoreErrors.MissingFile(info.FullName);
        StoreErrors.WrongSize(info.FullName, info.Length, expected);
    }

    [DoesNotReturn]
    private void RefuseModality(string name)
    {
        if (_manifest.Unfinished?.FirstOrDefault(modality => modality.Name == name) is { } unfinished)
        {
            int all = ShardRange.CountFor(_manifest.Rows, _manifest.ShardRows);
            StoreErrors.UnfinishedModality(name, _folder, unfinished.Shards.Count, all);
        }
        StoreErrors.UnknownModality(name, _folder, ModalityNames);
    }
}

/// <summary>The rows of a domain, which are contiguous.</summary>
/// <param name="Name">the domain</param>
/// <param name="FirstRow">its first row</param>
/// <param name="Count">number of its items</param>
public sealed record DomainRange(string Name, int FirstRow, int Count);
