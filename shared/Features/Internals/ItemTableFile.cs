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

    private readonly SafeTensorsFile file;
    private readonly Dictionary<string, (DomainRange Range, ulong Hash)> domains;

    public ItemTableFile(string path, int rows, string datasetFingerprint, IReadOnlyList<DomainRange> domains)
    {
        this.domains = domains.ToDictionary(domain => domain.Name, domain => (domain, ItemIndex.DomainHash(domain.Name)));
        file = SafeTensorsFile.Open(path);
        try
        {
            string found = file.Metadata.GetValueOrDefault("dataset_fingerprint", "(none)");
            if (found != datasetFingerprint)
                StoreErrors.ForeignFile(path, "catalogue fingerprint", found, datasetFingerprint);
            long count = file.Entry(Offsets).Count - 1;
            if (count != rows)
                StoreErrors.ForeignFile(path, "number of rows", $"{count}", $"{rows}");
            long capacity = file.Entry(Slots).Count;
            if (capacity <= rows || (capacity & (capacity - 1)) != 0)
                StoreErrors.ForeignFile(path, "number of slots", $"{capacity}", "a power of two above the rows");
            // The bounds that the other offsets are checked against when they are used.
            ReadOnlySpan<long> offsets = file.Span<long>(Offsets);
            if (offsets[0] != 0 || offsets[^1] != file.Entry(Ids).ByteLength)
                StoreErrors.ForeignFile(path, "last offset", $"{offsets[^1]}", $"{file.Entry(Ids).ByteLength}");
        }
        catch
        {
            file.Dispose();
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
        if (!domains.TryGetValue(domain, out var known))
            return -1;
        int most = Encoding.UTF8.GetMaxByteCount(itemId.Length);
        byte[]? rented = most <= 512 ? null : ArrayPool<byte>.Shared.Rent(most);
        Span<byte> utf8 = rented ?? stackalloc byte[512];
        int length = Encoding.UTF8.GetBytes(itemId, utf8);
        int slot = Index().FindSlot(known.Range, known.Hash, utf8[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return file.Span<int>(Slots)[slot] - 1;
    }

    public void Dispose() => file.Dispose();

    private ItemIndex Index() => new(file.Span<byte>(Ids), file.Span<long>(Offsets), file.Span<int>(Slots));
}

/// <summary>JSON form of the domains in the item table's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DomainRange[]))]
internal sealed partial class DomainJson : JsonSerializerContext;
