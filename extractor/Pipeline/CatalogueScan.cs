using UniM2Rec.Extractor.Encoders;

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
                count++;
                withText += text.IsIn(items) ? 1 : 0;
                withImage += items.Image.IsEmpty ? 0 : 1;
            }
        }

        rejects.ThrowIfTooMany();
        string hash = fingerprint.Finish();
        return new(table.Build(dataset.Name, hash), count, withText, withImage, hash);
    }

    /// <inheritdoc/>
    public void Dispose() => Items.Dispose();
}

/// <summary>Stage 1: reads all items in the order of rows. Only one item is held at a time.</summary>
public sealed class RowReader(Dataset dataset, ItemText text) : IDisposable
{
    private readonly RejectLog _silent = new(csvPath: null);
    private ItemCursor? _items;
    private int _domain;

    /// <summary>Row of the current item; −1 before the first.</summary>
    public int Row { get; private set; } = -1;

    /// <summary>Moves to the next item.</summary>
    public bool Next()
    {
        while (_items is null || !_items.Read())
        {
            _items?.Dispose();
            _items = null;
            if (_domain == dataset.Domains.Count)
                return false;
            _items = dataset.OpenItems(dataset.Domains[_domain++], _silent);
        }

        Row++;
        return true;
    }

    /// <summary>Adds the current item to a window.</summary>
    public void AddTo(PreparedItems window)
    {
        text.Append(_items!, window.TextRoom);
        string? problem = null;
        window.EndItem(window.PictureSide == 0 ? null : PicturePath(out problem), problem);
    }

    /// <summary>Absolute path of the current item's picture; null where it has none, or one that can't be used, with the reason.</summary>
    public string? PicturePath(out string? problem)
    {
        problem = null;
        try
        {
            return dataset.ResolveImage(_items!);
        }
        catch (UserErrorException unusable)
        {
            problem = unusable.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _items?.Dispose();
        _silent.Dispose();
    }
}
