using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Stage 1: reads the items of the rows that are still to be made, in the order of rows. Only one item is held at a time.</summary>
public sealed class RowReader(Dataset dataset, ItemText text)
{
    /// <summary>The items of some shards.</summary>
    /// <param name="pending">Shards in the order of their rows.</param>
    public IEnumerable<(int Row, ItemSource Source)> Read(IReadOnlyList<ShardRange> pending)
    {
        using var silent = new RejectLog(csvPath: null);
        var (row, next) = (0, 0);
        foreach (var domain in dataset.Domains)
        {
            foreach (var item in dataset.ReadItems(domain, silent))
            {
                while (next < pending.Count && row >= pending[next].FirstRow + pending[next].Rows)
                    next++;
                if (next == pending.Count)
                    yield break;
                if (row >= pending[next].FirstRow)
                    yield return (row, Source(item));
                row++;
            }
        }
    }

    /// <summary>What an item is prepared from.</summary>
    public ItemSource Source(Item item)
    {
        try
        {
            return new(text.Of(item), dataset.ResolveImage(item), null);
        }
        catch (UserErrorException unusable)
        {
            return new(text.Of(item), null, unusable.Message);
        }
    }
}
