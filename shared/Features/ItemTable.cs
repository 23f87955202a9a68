using UniM2Rec.Features.Manifest;
using UniM2Rec.Storage;

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
