using UniM2Rec.Catalogue;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What one pass over the items tells before anything is encoded.</summary>
/// <param name="Items">The item table of the store.</param>
/// <param name="Count">Number of items.</param>
/// <param name="WithText">Items that have a text.</param>
/// <param name="WithImage">Items that name a picture.</param>
/// <param name="Fingerprint">Fingerprint of the catalogue.</param>
public sealed record CatalogueScan(ItemTable Items, int Count, int WithText, int WithImage, string Fingerprint) : IDisposable
{
    /// <summary>Reads all items; bad rows go to the log.</summary>
    /// <exception cref="Diagnostics.UserErrorException">Too many rows are bad, or a table is missing.</exception>
    public static CatalogueScan Of(Dataset dataset, ItemText text, RejectLog rejects, CancellationToken cancellation)
    {
        using var table = new ItemTableBuilder();
        using var fingerprint = new CatalogueFingerprint();
        var (count, withText, withImage) = (0, 0, 0);
        foreach (var domain in dataset.Domains)
        {
            table.BeginDomain(domain);
            fingerprint.AppendDomain(domain);
            using var items = dataset.OpenItems(domain, rejects);
            while (items.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                table.Add(items.ItemId);
                fingerprint.AppendItem(items);
                count++;
                withText += text.IsIn(items) ? 1 : 0;
                withImage += items.Image.IsEmpty ? 0 : 1;
            }
        }

        rejects.ThrowIfTooMany();
        var hash = fingerprint.Finish();
        return new(table.Build(dataset.Name, hash), count, withText, withImage, hash);
    }

    /// <inheritdoc/>
    public void Dispose() => Items.Dispose();
}
