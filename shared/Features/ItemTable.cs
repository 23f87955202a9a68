using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UniM2Rec.Features;

/// <summary>The items of a catalogue in the order of their rows, ready to be written. Made by <see cref="ItemTableBuilder"/>.</summary>
public sealed class ItemTable : IDisposable
{
    private readonly Spool file;
    private readonly ManifestItemTable description;

    internal ItemTable(
        string datasetName, string datasetFingerprint, IReadOnlyList<DomainRange> domains, int count, Spool file, ManifestItemTable description)
    {
        (DatasetName, DatasetFingerprint, Domains, Count) = (datasetName, datasetFingerprint, domains, count);
        (this.file, this.description) = (file, description);
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
    public void Dispose() => file.Dispose();

    internal void WriteTo(Stream stream) => file.WriteTo(stream);

    /// <summary>Length and hash of what <see cref="WriteTo"/> writes.</summary>
    internal ManifestItemTable Describe() => description;
}

/// <summary>Collects item ids in the order of their rows, and keeps little of them in memory however many there are.</summary>
public sealed class ItemTableBuilder : IDisposable
{
    private readonly List<DomainRange> domains = [];
    private readonly Spool offsets = new();
    private readonly Spool ids = new();
    private readonly Spool hashes = new();
    private ulong domainHash;
    private int rows;

    /// <summary>Begins without items.</summary>
    public ItemTableBuilder() => WriteNumber(offsets, 0);

    /// <summary>Begins a domain; all domains come in the order of the dataset.</summary>
    /// <exception cref="ArgumentException">the domain was begun before</exception>
    public void BeginDomain(string domain)
    {
        if (domains.Any(earlier => earlier.Name == domain))
            throw new ArgumentException($"domain '{domain}' is there twice", nameof(domain));
        domains.Add(new DomainRange(domain, rows, 0));
        domainHash = ItemIndex.DomainHash(domain);
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{byte})"/>
    public void Add(string itemId) => Add(Encoding.UTF8.GetBytes(itemId));

    /// <summary>Gives the next row to an item of the domain begun last.</summary>
    /// <param name="itemId">its id, in UTF-8</param>
    /// <exception cref="Diagnostics.UserErrorException">all ids together exceed 2 GiB, or the temporary folder is full</exception>
    public void Add(ReadOnlySpan<byte> itemId)
    {
        if (domains.Count == 0)
            throw new InvalidOperationException("an item comes after the beginning of its domain");
        if (ids.Length + itemId.Length > Array.MaxLength)
            StoreErrors.IdsTooLong();
        ids.Write(itemId);
        WriteNumber(offsets, ids.Length);
        WriteNumber(hashes, (long)IdHash.Append(domainHash, itemId));
        rows++;
        domains[^1] = domains[^1] with { Count = domains[^1].Count + 1 };
    }

    /// <summary>Builds the table with its index; ends this builder.</summary>
    /// <param name="datasetName">name of the catalogue</param>
    /// <param name="datasetFingerprint">fingerprint of the catalogue</param>
    /// <exception cref="Diagnostics.UserErrorException">an id is twice in a domain</exception>
    public ItemTable Build(string datasetName, string datasetFingerprint)
    {
        int capacity = SlotLayout.Capacity(rows);
        using var slots = new Spool();
        new SlotLayout(hashes, capacity, RefuseSame).WriteTo(slots);
        var file = new Spool();
        var writer = new SafeTensorsWriter(file, new Dictionary<string, string>
        {
            ["format"] = ItemTableFile.Format,
            ["version"] = "1",
            ["dataset"] = datasetName,
            ["dataset_fingerprint"] = datasetFingerprint,
            ["domains"] = JsonSerializer.Serialize([.. domains], DomainJson.Default.DomainRangeArray),
        });
        writer.Declare(ItemTableFile.Offsets, SafeTensorType.I64, [rows + 1L]);
        writer.Declare(ItemTableFile.Slots, SafeTensorType.I32, [capacity]);
        writer.Declare(ItemTableFile.Ids, SafeTensorType.U8, [ids.Length]);
        writer.Write(offsets);
        writer.Write(slots);
        writer.Write(ids);
        writer.Complete();
        Dispose();
        return new ItemTable(datasetName, datasetFingerprint, [.. domains], rows, file, Describe(file));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        offsets.Dispose();
        ids.Dispose();
        hashes.Dispose();
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
        using var stream = new HashingStream(hash);
        file.WriteTo(stream);
        return new ManifestItemTable(StoreLayout.ItemTableFile, file.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private void RefuseSame(int first, int second)
    {
        DomainRange domain = domains.Last(range => range.FirstRow <= first);
        byte[] id = IdOf(first);
        if (second < domain.FirstRow + domain.Count && id.AsSpan().SequenceEqual(IdOf(second)))
            StoreErrors.DuplicateItem(domain.Name, Encoding.UTF8.GetString(id));
    }

    private byte[] IdOf(int row)
    {
        Span<byte> bounds = stackalloc byte[2 * sizeof(long)];
        offsets.ReadAt((long)row * sizeof(long), bounds);
        long begin = BinaryPrimitives.ReadInt64LittleEndian(bounds), end = BinaryPrimitives.ReadInt64LittleEndian(bounds[sizeof(long)..]);
        byte[] id = new byte[end - begin];
        ids.ReadAt(begin, id);
        return id;
    }
}
