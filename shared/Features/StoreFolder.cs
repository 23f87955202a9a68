using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Features;

/// <summary>
/// A folder that one program holds, to write a store into it. What is there stays as it is until <see cref="Open"/>, so whatever else can
/// go wrong is found out between the two.
/// </summary>
public sealed class StoreFolder : IDisposable
{
    private FolderLock? _held;

    private StoreFolder(string folder, FolderLock held) => (Folder, _held) = (folder, held);

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Whether a manifest is there, readable or not.</summary>
    public bool HoldsStore => FileKinds.Of(Path.Combine(Folder, StoreLayout.ManifestFile)) != FileKind.Missing;

    /// <summary>Keeps other programs from writing into the folder, until this is disposed; a folder that was made for it and is empty goes then.</summary>
    /// <param name="folder">made if it does not exist</param>
    /// <exception cref="UserErrorException">it holds what is no store's, another program writes into it, or it can't be written to</exception>
    public static StoreFolder Hold(string folder)
    {
        folder = Path.GetFullPath(folder);
        RequireOwn(folder);
        return new StoreFolder(folder, FolderLock.Take(
            Path.Combine(folder, StoreLayout.LockFile), holder => $"{holder} is writing into the feature store '{folder}'; wait until that has ended, or write into another folder."));
    }

    /// <summary>
    /// Refuses a folder that holds what is neither a store's nor kept beside one. A readable manifest makes a folder a store's, with
    /// whatever else lies in it; without one, the exact names of a store's files do, and what these say of themselves.
    /// </summary>
    /// <param name="folder">need not exist</param>
    /// <exception cref="UserErrorException">names what is there</exception>
    public static void RequireOwn(string folder)
    {
        if (!Directory.Exists(folder) || HasReadableManifest(folder))
            return;
        string[] names;
        try
        {
            names = [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotRead(folder, failure);
            return;
        }
        bool hasShards = names.Any(StoreLayout.IsShard);
        string[] foreign = [.. names.Where(name => !IsOwn(folder, name, hasShards))];
        if (foreign.Length > 0)
            StoreErrors.ForeignFolder(folder, foreign);
    }

    /// <summary>Throws what <see cref="Open"/> would throw, and changes nothing.</summary>
    /// <exception cref="UserErrorException">the folder holds a store of another catalogue, shard size or partition</exception>
    public void Check(ItemTable items, FeatureStoreOptions options) => Continued(items, options);

    /// <summary>Rows a shard of the store that is there; null where there is none that can be read.</summary>
    public int? ShardRows => Readable()?.ShardRows;

    /// <summary>What the store that is there has, complete or not; nothing where none can be read.</summary>
    public IReadOnlyList<ModalitySpecification> Modalities => Readable() is { } manifest
        ? [.. (ReadNext(manifest)?.All ?? []).Concat(manifest.All).DistinctBy(modality => modality.Name).Select(modality => modality.Specification())]
        : [];

    /// <summary>Whether the store that is there is of another state of the catalogue, which a run would bring it to.</summary>
    public bool IsOfAnotherState(ItemTable items) => Readable() is { } manifest && !IsOf(manifest, items);

    /// <summary>Begins or continues the store; the writer holds the folder from now on. Leftovers of a killed run are deleted.</summary>
    /// <param name="items">the rows</param>
    /// <param name="options">rows a shard, partition, and what happens to a store of another catalogue</param>
    /// <exception cref="UserErrorException">as for <see cref="Check"/>, or it can't be written to</exception>
    public FeatureStoreWriter Open(ItemTable items, FeatureStoreOptions options)
    {
        ObjectDisposedException.ThrowIf(_held is null, this);
        var (manifest, next) = Continued(items, options) is { } continued ? Resumed(continued.Manifest, continued.Next, items, options) : (Begin(items, options), null);
        StoreCleaning.DeleteLeftovers(Folder, manifest, next, options.Storage);
        var held = _held;
        _held = null;
        return new FeatureStoreWriter(Folder, options.Storage, held, (manifest, next));
    }

    /// <summary>Lets other programs write into the folder, unless a writer holds it now.</summary>
    public void Dispose() => _held?.Dispose();

    /// <summary>The manifest of the store that is there, and that of the state that it was growing into, where it was; null where a store is begun.</summary>
    private (StoreManifest Manifest, StoreManifest? Next)? Continued(ItemTable items, FeatureStoreOptions options)
    {
        if (options.StartOver || !HoldsStore)
            return null;
        var manifest = ManifestFile.Read(Folder);
        var table = items.Describe();
        bool grows = options.Grows && manifest.Partition is null && options.Partition is null;
        if (!grows && manifest.Dataset.Fingerprint != items.DatasetFingerprint)
            StoreErrors.OtherCatalogue(Folder, "catalogue fingerprint", manifest.Dataset.Fingerprint, items.DatasetFingerprint, options.OtherStoreAdvice);
        if (!grows && manifest.ItemTable.Sha256 != table.Sha256)
            StoreErrors.OtherCatalogue(Folder, "item table hash", manifest.ItemTable.Sha256, table.Sha256, options.OtherStoreAdvice);
        if (manifest.ShardRows != options.ShardRows)
            StoreErrors.OtherCatalogue(Folder, "rows a shard", $"{manifest.ShardRows}", $"{options.ShardRows}", options.OtherStoreAdvice);
        if (manifest.Partition != options.Partition)
            StoreErrors.OtherCatalogue(Folder, "partition", $"{manifest.Partition?.ToString() ?? "none"}", $"{options.Partition?.ToString() ?? "none"}", options.OtherStoreAdvice);
        return (manifest, grows ? ReadNext(manifest) : null);
    }

    private (StoreManifest Manifest, StoreManifest? Next) Resumed(StoreManifest manifest, StoreManifest? next, ItemTable items, FeatureStoreOptions options)
    {
        if (IsOf(manifest, items))
        {
            manifest = Repaired(manifest, items, options, StoreLayout.ManifestFile);
            return (manifest, next is not null && IsOf(next, items) ? Repaired(next, items, options, StoreLayout.NextManifestFile) : null);
        }
        manifest = StoreCleaning.WithoutMissingShards(Folder, manifest, options.Storage);
        string basis = BasisOf(manifest);
        return next is not null && IsOf(next, items)
            ? (manifest, Repaired(next with { Basis = basis }, items, options, StoreLayout.NextManifestFile))
            : (manifest, StoreGrowth.Begin(Folder, next ?? manifest, items, basis, options.Storage));
    }

    private static bool IsOf(StoreManifest manifest, ItemTable items) =>
        manifest.Dataset.Fingerprint == items.DatasetFingerprint && manifest.ItemTable.Sha256 == items.Describe().Sha256;

    private static string BasisOf(StoreManifest manifest) => manifest.Checksum ?? "";

    /// <summary>What the store was growing into; null where it was not, or into a state of another store, or where that can't be read: then it begins anew.</summary>
    private StoreManifest? ReadNext(StoreManifest manifest)
    {
        try
        {
            return FileKinds.Of(Path.Combine(Folder, StoreLayout.NextManifestFile)) == FileKind.Regular
                && ManifestFile.Read(Folder, StoreLayout.NextManifestFile) is var next && next.Basis == BasisOf(manifest) && next.ShardRows == manifest.ShardRows
                ? next
                : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private StoreManifest? Readable()
    {
        try
        {
            return HoldsStore ? ManifestFile.Read(Folder) : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    // The table of these very items is at hand, so one that is lost or damaged on disk is no loss.
    private StoreManifest Repaired(StoreManifest manifest, ItemTable items, FeatureStoreOptions options, string name)
    {
        // Manifests of version 1 know less of the same table.
        manifest = manifest with { ItemTable = items.Describe() with { File = manifest.ItemTable.File } };
        string path = Path.Combine(Folder, manifest.ItemTable.File);
        RegularFile.Require(path);
        var file = new FileInfo(path);
        if (!file.Exists || file.Length != manifest.ItemTable.Bytes || ItemTableChecksum.Problem(path, manifest) is not null)
            AtomicFile.Write(path, items.WriteTo, options.Storage);
        return StoreCleaning.WithoutMissingShards(Folder, manifest, options.Storage, name);
    }

    /// <summary>
    /// The old manifest stays until the new one takes its place: whoever is killed between the two leaves a store whose item table is not
    /// that of its manifest, which no reader takes for whole, and which the next run either mends or is told to start over.
    /// </summary>
    private StoreManifest Begin(ItemTable items, FeatureStoreOptions options)
    {
        AtomicFile.Write(Path.Combine(Folder, StoreLayout.ItemTableFile), items.WriteTo, options.Storage);
        return ManifestFile.Write(Folder, ManifestFile.New(items, items.Describe(), options.ShardRows, options.Partition), options.Storage);
    }

    private static bool HasReadableManifest(string folder)
    {
        try
        {
            return FileKinds.Of(Path.Combine(folder, StoreLayout.ManifestFile)) == FileKind.Regular && ManifestFile.Read(folder) is not null;
        }
        catch (UserErrorException)
        {
            return false;
        }
    }

    private static bool IsOwn(string folder, string name, bool hasShards)
    {
        string path = Path.Combine(folder, name);
        return name switch
        {
            _ when name[0] == '.' || StoreLayout.IsCompanion(name) => true,
            _ when name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal) => StoreLayout.IsTemporary(name),
            StoreLayout.ManifestFile or StoreLayout.NextManifestFile => hasShards || ManifestFile.MayBeOne(path),
            StoreLayout.ItemTableFile => hasShards || ItemTableFile.MayBeOne(path),
            _ => StoreLayout.IsShard(name) || StoreLayout.IsOfGrowth(name),
        };
    }
}
