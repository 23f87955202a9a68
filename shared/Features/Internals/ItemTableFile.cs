using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace UniM2Rec.Features;

/// <summary>A mapped item table, checked whole when it is opened: every reader relies on ids, and they are few bytes beside the features.</summary>
internal sealed unsafe class ItemTableFile : IDisposable
{
    public const string Format = "unim2rec-items";
    public const string Offsets = "offsets";
    public const string Slots = "slots";
    public const string Ids = "ids";

    private readonly SafeTensorsFile _file;
    private readonly Dictionary<string, (DomainRange Range, ulong Hash)> _domains;

    /// <exception cref="UserErrorException">missing, damaged, or of another store</exception>
    public ItemTableFile(string folder, StoreManifest manifest)
    {
        string path = Path.Combine(folder, manifest.ItemTable.File);
        this._domains = manifest.Domains.ToDictionary(domain => domain.Name, domain => (domain, ItemIndex.DomainHash(domain.Name)));
        ItemTableChecksum.Require(path, manifest);
        _file = SafeTensorsFile.Open(path);
        try
        {
            string found = _file.Metadata.GetValueOrDefault("dataset_fingerprint", "(none)");
            if (found != manifest.Dataset.Fingerprint)
                StoreErrors.ForeignFile(path, "catalogue fingerprint", found, manifest.Dataset.Fingerprint);
            long count = _file.Entry(Offsets).Count - 1;
            if (count != manifest.Rows)
                StoreErrors.ForeignFile(path, "number of rows", $"{count}", $"{manifest.Rows}");
            long capacity = _file.Entry(Slots).Count;
            if (capacity <= manifest.Rows || (capacity & (capacity - 1)) != 0)
                StoreErrors.ForeignFile(path, "number of slots", $"{capacity}", "a power of two above the rows");
            if (_file.Entry(Ids).ByteLength > Array.MaxLength || capacity > Array.MaxLength)
                StoreErrors.ForeignFile(path, "length of ids", $"{_file.Entry(Ids).ByteLength}", $"at most {Array.MaxLength}");
            if (Index().Problem() is { } problem)
                StoreErrors.DamagedItems(path, manifest.Rows, problem);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file says of itself that it is an item table.</summary>
    public static bool MayBeOne(string path)
    {
        try
        {
            using var file = SafeTensorsFile.Open(path);
            return file.Metadata.GetValueOrDefault("format") == Format;
        }
        catch (UserErrorException)
        {
            return false;
        }
    }

    public string Id(int row) => Encoding.UTF8.GetString(Index().Id(row));

    /// <summary>Finds a domain's items of another table in this one.</summary>
    /// <param name="other">the other table</param>
    /// <param name="domain">the domain, as it is there</param>
    /// <param name="rows">by row there: takes the row here, or -1</param>
    public void FindAll(ItemTableFile other, DomainRange domain, Span<int> rows)
    {
        rows = rows.Slice(domain.FirstRow, domain.Count);
        rows.Fill(-1);
        if (!_domains.TryGetValue(domain.Name, out var known))
            return;
        ItemIndex ids = other.Index(), index = Index();
        var slots = _file.Span<int>(Slots);
        for (int item = 0; item < rows.Length; item++)
            rows[item] = slots[index.FindSlot(known.Range, known.Hash, ids.Id(domain.FirstRow + item))] - 1;
    }

    /// <summary>Row of an item whose id is given in UTF-8, or -1.</summary>
    public int Find(string domain, ReadOnlySpan<byte> itemId) =>
        _domains.TryGetValue(domain, out var known) ? _file.Span<int>(Slots)[Index().FindSlot(known.Range, known.Hash, itemId)] - 1 : -1;

    /// <summary>Row of an item, or -1.</summary>
    public int Find(string domain, string itemId)
    {
        int most = Encoding.UTF8.GetMaxByteCount(itemId.Length);
        byte[]? rented = most <= 512 ? null : ArrayPool<byte>.Shared.Rent(most);
        var utf8 = rented ?? stackalloc byte[512];
        int length = Encoding.UTF8.GetBytes(itemId, utf8);
        int row = Find(domain, utf8[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return row;
    }

    public void Dispose() => _file.Dispose();

    private ItemIndex Index() => new(_file.Span<byte>(Ids), _file.Span<long>(Offsets), _file.Span<int>(Slots));
}

/// <summary>Compares an item table with what the manifest says of it.</summary>
internal static unsafe class ItemTableChecksum
{
    private const int Piece = 1 << 30;

    /// <exception cref="UserErrorException">it is missing, has another length, or is not what was written</exception>
    public static void Require(string path, StoreManifest manifest)
    {
        if (Problem(path, manifest) is { } problem)
            StoreErrors.DamagedItems(path, manifest.Rows, problem);
    }

    /// <summary>What differs, or null.</summary>
    /// <exception cref="UserErrorException">it is missing or has another length</exception>
    public static string? Problem(string path, StoreManifest manifest)
    {
        var table = manifest.ItemTable;
        using var file = new MappedFile(path, "a store's item table");
        if (file.Length != table.Bytes)
            StoreErrors.WrongSize(path, file.Length, table.Bytes);
        if (table.Crc32c is null)
            return Sha256(file) is var found && found != table.Sha256 ? $"it has the hash {found} and the manifest says {table.Sha256}" : null;
        var blocks = new CheckedBlocks(file, manifest.BlockBytes, table.Crc32c);
        return blocks.FirstDamaged() is var block and >= 0 ? $"block {block} has the checksum {blocks.Found(block)} and the manifest says {blocks.Expected(block)}" : null;
    }

    private static string Sha256(MappedFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long done = 0; done < file.Length; done += Piece)
            hash.AppendData(new ReadOnlySpan<byte>(file.Start + done, (int)Math.Min(Piece, file.Length - done)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>JSON form of the domains in the item table's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DomainRange[]))]
internal sealed partial class DomainJson : JsonSerializerContext;
