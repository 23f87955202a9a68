using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

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
