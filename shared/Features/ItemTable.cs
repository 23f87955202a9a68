using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using UniM2Rec.Catalogue;
using UniM2Rec.Features.Manifest;
using UniM2Rec.Storage;

namespace UniM2Rec.Features;

/// <summary>The items of a catalogue in the order of their rows, in memory, ready to be written. Made by <see cref="ItemTableBuilder"/>.</summary>
public sealed class ItemTable
{
    private readonly byte[] ids;
    private readonly long[] offsets;
    private readonly int[] slots;

    internal ItemTable(string datasetName, string datasetFingerprint, IReadOnlyList<DomainRange> domains, byte[] ids, long[] offsets, int[] slots)
    {
        (DatasetName, DatasetFingerprint, Domains) = (datasetName, datasetFingerprint, domains);
        (this.ids, this.offsets, this.slots) = (ids, offsets, slots);
    }

    /// <summary>Name of the catalogue.</summary>
    public string DatasetName { get; }

    /// <summary>Fingerprint of the catalogue.</summary>
    public string DatasetFingerprint { get; }

    /// <summary>Rows of each domain, in the order of dataset.json.</summary>
    public IReadOnlyList<DomainRange> Domains { get; }

    /// <summary>Items in all domains.</summary>
    public int Count => offsets.Length - 1;

    /// <summary>
    /// Reads a catalogue's item tables once, for the rows and the fingerprint alike. Rejected rows get no row here.
    /// </summary>
    /// <exception cref="Diagnostics.UserErrorException">a table is missing or unreadable</exception>
    public static ItemTable From(Dataset dataset, RejectLog rejects)
    {
        using var fingerprint = new CatalogueFingerprint();
        var builder = new ItemTableBuilder();
        foreach (string domain in dataset.Domains)
        {
            fingerprint.AppendDomain(domain);
            builder.BeginDomain(domain);
            foreach (Item item in dataset.ReadItems(domain, rejects))
            {
                fingerprint.AppendItem(item);
                builder.Add(item.ItemId);
            }
        }
        return builder.Build(dataset.Name, fingerprint.Finish());
    }

    internal void WriteTo(Stream stream)
    {
        var writer = new SafeTensorsWriter(stream, new Dictionary<string, string>
        {
            ["format"] = ItemTableFile.Format,
            ["version"] = "1",
            ["dataset"] = DatasetName,
            ["dataset_fingerprint"] = DatasetFingerprint,
            ["domains"] = JsonSerializer.Serialize([.. Domains], DomainJson.Default.DomainRangeArray),
        });
        writer.Declare(ItemTableFile.Offsets, SafeTensorType.I64, [offsets.Length]);
        writer.Declare(ItemTableFile.Slots, SafeTensorType.I32, [slots.Length]);
        writer.Declare(ItemTableFile.Ids, SafeTensorType.U8, [ids.Length]);
        writer.Write<long>(offsets);
        writer.Write<int>(slots);
        writer.Write(ids);
        writer.Complete();
    }

    /// <summary>Length and hash of what <see cref="WriteTo"/> writes.</summary>
    internal ManifestItemTable Describe()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = new HashingStream(hash);
        WriteTo(stream);
        return new ManifestItemTable(StoreLayout.ItemTableFile, stream.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
