using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UniM2Rec.Features;

/// <summary>The items of a catalogue in the order of their rows, ready to be written. Made by <see cref="ItemTableBuilder"/>.</summary>
public sealed class ItemTable : IDisposable
{
    private readonly Spool _file;
    private readonly ManifestItemTable _description;

    internal ItemTable(
        string datasetName, string datasetFingerprint, IReadOnlyList<DomainRange> domains, int count, Spool file, ManifestItemTable description)
    {
        (DatasetName, DatasetFingerprint, Domains, Count) = (datasetName, datasetFingerprint, domains, count);
        (this._file, this._description) = (file, description);
    }

    /// <summary>Name of the catalogue.</summary>
    public string DatasetName { get; }

    /// <summary>Fingerprint of the catalogue.</summary>
    public string DatasetFingerprint { get; }

    /// <summary>Rows of each domain, in the order of dataset.json.</summary>
    public IReadOnlyList<DomainRange> Domains { get; }

    /// <summary>Items in all domains.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal void WriteTo(Stream stream) => _file.WriteTo(stream);

    /// <summary>Length and hash of what <see cref="WriteTo"/> writes.</summary>
    internal ManifestItemTable Describe() => _description;
}

/// <summary>Collects item ids in the order of their rows, and keeps little of them in memory however many there are.</summary>
public sealed class ItemTableBuilder : IDisposable
{
    private readonly List<DomainRange> _domains = [];
    private readonly Spool _offsets = new();
    private readonly Spool _ids = new();
    private readonly Spool _hashes = new();
    private ulong _domainHash;
    private int _rows;

    /// <summary>Begins without items.</summary>
    public ItemTableBuilder() => WriteNumber(_offsets, 0);

    /// <summary>Begins a domain; all domains come in the order of the dataset.</summary>
    /// <exception cref="ArgumentException">the domain was begun before</exception>
    public void BeginDomain(string domain)
    {
        if (_domains.Any(earlier => earlier.Name == domain))
            throw new ArgumentException($"domain '{domain}' is there twice", nameof(domain));
        _domains.Add(new DomainRange(domain, _rows, 0));
        _domainHash = ItemIndex.DomainHash(domain);
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{byte})"/>
    public void Add(string itemId) => Add(Encoding.UTF8.GetBytes(itemId));

    /// <summary>Gives the next row to an item of the domain begun last.</summary>
    /// <param name="itemId">its id, in UTF-8</param>
    /// <exception cref="Diagnostics.UserErrorException">all ids together exceed 2 GiB, or the temporary folder is full</exception>
    public void Add(ReadOnlySpan<byte> itemId)
    {
        if (_domains.Count == 0)
            throw new InvalidOperationException("an item comes after the beginning of its domain");
        if (_ids.Length + itemId.Length > Array.MaxLength)
            StoreErrors.IdsTooLong();
        _ids.Write(itemId);
        WriteNumber(_offsets, _ids.Length);
        WriteNumber(_hashes, (long)IdHash.Append(_domainHash, itemId));
        _rows++;
        _domains[^1] = _domains[^1] with { Count = _domains[^1].Count + 1 };
    }

    /// <summary>Builds the table with its index; ends this builder.</summary>
    /// <param name="datasetName">name of the catalogue</param>
    /// <param name="datasetFingerprint">fingerprint of the catalogue</param>
    /// <exception cref="Diagnostics.UserErrorException">an id is twice in a domain</exception>
    public ItemTable Build(string datasetName, string datasetFingerprint)
    {
        int capacity = SlotLayout.Capacity(_rows);
        using var slots = new Spool();
        new SlotLayout(_hashes, capacity, RefuseSame).WriteTo(slots);
        var file = new Spool();
        var writer = new SafeTensorsWriter(file, new Dictionary<string, string>
        {
            ["format"] = ItemTableFile.Format,
            ["version"] = "1",
            ["dataset"] = datasetName,
            ["dataset_fingerprint"] = datasetFingerprint,
            ["domains"] = JsonSerializer.Serialize([.. _domains], DomainJson.Default.DomainRangeArray),
        });
        writer.Declare(ItemTableFile.Offsets, SafeTensorType.I64, [_rows + 1L]);
        writer.Declare(ItemTableFile.Slots, SafeTensorType.I32, [capacity]);
        writer.Declare(ItemTableFile.Ids, SafeTensorType.U8, [_ids.Length]);
        writer.Write(_offsets);
        writer.Write(slots);
        writer.Write(_ids);
        writer.Complete();
        Dispose();
        return new ItemTable(datasetName, datasetFingerprint, [.. _domains], _rows, file, Describe(file));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _offsets.Dispose();
        _ids.Dispose();
        _hashes.Dispose();
    }

    private static void WriteNumber(Spool spool, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        spool.Write(bytes);
    }

    private static ManifestItemTable Describe(Spool file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var checksums = new BlockChecksums(StoreLayout.BlockBytes);
        using var hashing = new HashingStream(hash);
        using var stream = new ChecksumStream(hashing, checksums);
        file.WriteTo(stream);
        return new ManifestItemTable(StoreLayout.ItemTableFile, file.Length, Convert.ToHexStringLower(hash.GetHashAndReset()), checksums.Finish());
    }

    private void RefuseSame(int first, int second)
    {
        var domain = _domains.Last(range => range.FirstRow <= first);
        byte[] id = IdOf(first);
        if (second < domain.FirstRow + domain.Count && id.AsSpan().SequenceEqual(IdOf(second)))
            StoreErrors.DuplicateItem(domain.Name, Encoding.UTF8.GetString(id));
    }

    private byte[] IdOf(int row)
    {
        Span<byte> bounds = stackalloc byte[2 * sizeof(long)];
        _offsets.ReadAt((long)row * sizeof(long), bounds);
        long begin = BinaryPrimitives.ReadInt64LittleEndian(bounds), end = BinaryPrimitives.ReadInt64LittleEndian(bounds[sizeof(long)..]);
        byte[] id = new byte[end - begin];
        _ids.ReadAt(begin, id);
        return id;
    }
}
