using UniM2Rec.Catalogue;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What one pass over the items tells before anything is encoded.</summary>
/// <param name="Items">The item table of the store.</param>
/// <param name="Count">Number of items.</param>
/// <param name="WithText">Items that have a text.</param>
/// <param name="WithImage">Items that name a picture.</param>
/// <param name="Fingerprint">Fingerprint of the catalogue.</param>
public sealed record CatalogueScan(ItemTable Items, int Count, int WithText, int WithImage, string Fingerprint)
{
    /// <summary>Reads all items; bad rows go to the log.</summary>
    /// <exception cref="Diagnostics.UserErrorException">Too many rows are bad, or a table is missing.</exception>
    public static CatalogueScan Of(Dataset dataset, ItemText text, RejectLog rejects, CancellationToken cancellation)
    {
        var table = new ItemTableBuilder();
        var (count, withText, withImage) = (0, 0, 0);
        foreach (var domain in dataset.Domains)
        {
            table.BeginDomain(domain);
            foreach (var item in dataset.ReadItems(domain, rejects))
            {
                cancellation.ThrowIfCancellationRequested();
                table.Add(item.ItemId);
                count++;
                withText += text.Of(item).Length > 0 ? 1 : 0;
                withImage += item.Image.Length > 0 ? 1 : 0;
            }
        }

        rejects.ThrowIfTooMany();
        var fingerprint = dataset.ComputeFingerprint();
        return new(table.Build(dataset.Name, fingerprint), count, withText, withImage, fingerprint);
    }
}
