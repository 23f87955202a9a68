namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What one pass over the items tells before anything is encoded.</summary>
/// <param name="Items">The item table of the store.</param>
/// <param name="Count">Number of items.</param>
/// <param name="WithText">Items that have a text.</param>
/// <param name="WithImage">Items that name a picture.</param>
/// <param name="Fingerprint">Fingerprint of the catalogue.</param>
/// <param name="Spool">What the items are encoded from, as it was read; null where only the table was asked for.</param>
public sealed record CatalogueScan(ItemTable Items, int Count, int WithText, int WithImage, string Fingerprint, ItemSpool? Spool) : IDisposable
{
    /// <summary>Reads all items; bad rows go to the log.</summary>
    /// <param name="dataset">The catalogue.</param>
    /// <param name="text">Makes the items' texts.</param>
    /// <param name="rejects">Takes bad rows.</param>
    /// <param name="spool">Whether texts and picture paths are kept, to be encoded.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="Diagnostics.UserErrorException">Too many rows are bad, or a table is missing.</exception>
    public static CatalogueScan Of(Dataset dataset, ItemText text, RejectLog rejects, bool spool, CancellationToken cancellation)
    {
        var kept = spool ? new ItemSpool() : null;
        try
        {
            return Of(dataset, text, rejects, kept, cancellation);
        }
        catch
        {
            kept?.Dispose();
            throw;
        }
    }

    private static CatalogueScan Of(Dataset dataset, ItemText text, RejectLog rejects, ItemSpool? kept, CancellationToken cancellation)
    {
        using var table = new ItemTableBuilder();
        using var fingerprint = new CatalogueFingerprint();
        var (count, withText, withImage) = (0, 0, 0);
        foreach (string domain in dataset.Domains)
        {
            table.BeginDomain(domain);
            fingerprint.AppendDomain(domain);
            using var items = dataset.OpenItems(domain, rejects);
            while (items.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                table.Add(items.ItemId);
                fingerprint.AppendItem(items);
                kept?.Add(items, text, dataset);
                count++;
                withText += text.IsIn(items) ? 1 : 0;
                withImage += items.Image.IsEmpty ? 0 : 1;
            }
        }

        rejects.ThrowIfTooMany();
        string hash = fingerprint.Finish();
        return new(table.Build(dataset.Name, hash), count, withText, withImage, hash, kept);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Items.Dispose();
        Spool?.Dispose();
    }
}
