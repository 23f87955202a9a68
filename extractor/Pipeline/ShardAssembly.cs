using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Stage 5: lays encoded windows into shards and commits each shard when its last row has come.</summary>
internal sealed class ShardAssembly(ModalityWriter writer) : IDisposable
{
    private readonly Dictionary<int, (ShardBuffer Buffer, int Missing)> _open = [];
    private readonly IReadOnlyList<ShardRange> _pending = writer.Pending;

    /// <summary>Takes a window; it lies within one shard.</summary>
    /// <param name="window">Encoded items.</param>
    /// <param name="isPresent">Whether an item has the modality.</param>
    public void Add(PreparedItems window, Func<PreparedItems, int, bool> isPresent)
    {
        var range = Find(window.FirstRow);
        var (buffer, missing) = _open.TryGetValue(range.Index, out var open) ? open : (writer.NewShard(range), range.Rows);
        for (var i = 0; i < window.Count; i++)
        {
            if (isPresent(window, i))
                buffer.Set(window.FirstRow + i, window.Features(i));
        }

        missing -= window.Count;
        _open[range.Index] = (buffer, missing);
        if (missing > 0)
            return;
        writer.Commit(buffer);
        _open.Remove(range.Index);
        buffer.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (buffer, _) in _open.Values)
            buffer.Dispose();
    }

    private ShardRange Find(int row)
    {
        var (low, high) = (0, _pending.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _pending[middle].FirstRow <= row ? (middle, high) : (low, middle - 1);
        }

        return _pending[low];
    }
}
