using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>The last stage: lays encoded windows into shards and commits each shard when its last row has come.</summary>
internal sealed class ShardAssembly(ModalityWriter writer, EncoderModality modality, BadItems badItems) : IDisposable
{
    private readonly Dictionary<int, OpenShard> _open = [];
    private readonly IReadOnlyList<ShardRange> _pending = writer.Pending;

    /// <summary>Takes a window; it lies within one shard.</summary>
    /// <returns>Items that have the modality, and items that lack it because their picture or their vector can't be used.</returns>
    public (int Present, int Failed) Add(PreparedItems window)
    {
        var range = Find(window.FirstRow);
        if (!_open.TryGetValue(range.Index, out var shard))
            _open[range.Index] = shard = new(writer.NewShard(range));
        var (present, failed) = (0, 0);
        for (int i = 0; i < window.Count; i++)
        {
            bool has = window.Has(modality, i);
            shard.Buffer.SetContent(window.FirstRow + i, window.Content(i));
            if (has && shard.Buffer.CanHold(window.Features(i)))
            {
                shard.Buffer.Set(window.FirstRow + i, window.Features(i));
                present++;
            }
            else if (has)
            {
                shard.Bad.Add(BadItem.OfVector(window.FirstRow + i, writer.Modality));
                failed++;
            }

            if (window.ImageDamage[i] is not { } reason)
                continue;
            shard.Bad.Add(new(window.FirstRow + i, reason, window.PictureStates[i]!));
            failed += has ? 0 : 1;
        }

        shard.Missing -= window.Count;
        if (shard.Missing == 0)
            Commit(shard);
        return (present, failed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _open.Values)
            shard.Buffer.Dispose();
    }

    private void Commit(OpenShard shard)
    {
        // Windows may come in any order.
        shard.Bad.Sort((a, b) => (a.Row, a.IsVector).CompareTo((b.Row, b.IsVector)));
        shard.Buffer.Note = BadItem.Write(shard.Bad);
        writer.Commit(shard.Buffer);
        badItems.Add(shard.Bad.Select(bad => bad with { Row = writer.RowAt(bad.Row) }));
        _open.Remove(shard.Buffer.Range.Index);
        shard.Buffer.Dispose();
    }

    private ShardRange Find(int row)
    {
        var (low, high) = (0, _pending.Count - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _pending[middle].FirstRow <= row ? (middle, high) : (low, middle - 1);
        }

        return _pending[low];
    }

    private sealed class OpenShard(ShardBuffer buffer)
    {
        public ShardBuffer Buffer => buffer;

        public List<BadItem> Bad { get; } = [];

        public int Missing { get; set; } = buffer.Range.Rows;
    }
}
