using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;

namespace UniM2Rec.Features;

/// <summary>A mapped item table. Nothing of its tensors is read before it is asked for.</summary>
internal sealed class ItemTableFile : IDisposable
{
    public const string Format = "unim2rec-items";
    public const string Offsets = "offsets";
    public const string Slots = "slots";
    public const string Ids = "ids";

    private readonly SafeTensorsFile _file;
    private readonly Dictionary<string, (DomainRange Range, ulong Hash)> _domains;

    public ItemTableFile(string path, int rows, string datasetFingerprint, IReadOnlyList<DomainRange> domains)
    {
        this._domains = domains.ToDictionary(domain => domain.Name, domain => (domain, ItemIndex.DomainHash(domain.Name)));
        _file = SafeTensorsFile.Open(path);
        try
        {
            string found = _file.Metadata.GetValueOrDefault("dataset_fingerprint", "(none)");
            if (found != datasetFingerprint)
                StoreErrors.ForeignFile(path, "catalogue fingerprint", found, datasetFingerprint);
            long count = _file.Entry(Offsets).Count - 1;
            if (count != rows)
                StoreErrors.ForeignFile(path, "number of rows", $"{count}", $"{rows}");
            long capacity = _file.Entry(Slots).Count;
            if (capacity <= rows || (capacity & (capacity - 1)) != 0)
                StoreErrors.ForeignFile(path, "number of slots", $"{capacity}", "a power of two above the rows");
            // The bounds that the other offsets are checked against when they are used.
            var offsets = _file.Span<long>(Offsets);
            if (offsets[0] != 0 || offsets[^1] != _file.Entry(Ids).ByteLength)
                StoreErrors.ForeignFile(path, "last offset", $"{offsets[^1]}", $"{_file.Entry(Ids).ByteLength}");
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Id(int row)
    {
        return Encoding.UTF8.GetString(Index().Id(row));
    }

    /// <summary>Row of an item, or -1.</summary>
    public int Find(string domain, string itemId)
    {
        if (!_domains.TryGetValue(domain, out var known))
            return -1;
        int most = Encoding.UTF8.GetMaxByteCount(itemId.Length);
        byte[]? rented = most <= 512 ? null : ArrayPool<byte>.Shared.Rent(most);
        var utf8 = rented ?? stackalloc byte[512];
        int length = Encoding.UTF8.GetBytes(itemId, utf8);
        int slot = Index().FindSlot(known.Range, known.Hash, utf8[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return _file.Span<int>(Slots)[slot] - 1;
    }

    public void Dispose() => _file.Dispose();

    private ItemIndex Index() => new(_file.Span<byte>(Ids), _file.Span<long>(Offsets), _file.Span<int>(Slots));
}

/// <summary>JSON form of the domains in the item table's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DomainRange[]))]
internal sealed partial class DomainJson : JsonSerializerContext;
