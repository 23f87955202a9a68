namespace UniM2Rec.Trainer.Batches;

/// <summary>
/// The items of one batch, each once: an item's row in the store is mapped to its slot in the batch. Reused from batch to batch;
/// clearing costs nothing because slots carry the batch's number.
/// </summary>
/// <param name="itemCount">Rows of the feature store.</param>
public sealed class DistinctItems(int itemCount)
{
    private readonly int[] _slot = new int[itemCount];
    private readonly int[] _batchOf = new int[itemCount];
    private readonly List<int> _rows = [];
    private int _batch;

    public int Count => _rows.Count;

    /// <summary>Starts a new batch.</summary>
    public void Clear()
    {
        _batch++;
        _rows.Clear();
    }

    /// <summary>The slot of the item in <paramref name="row"/>, given to it now if it is new.</summary>
    public int Slot(int row)
    {
        if (_batchOf[row] == _batch) return _slot[row];
        _batchOf[row] = _batch;
        _slot[row] = _rows.Count;
        _rows.Add(row);
        return _slot[row];
    }

    /// <summary>Rows by slot.</summary>
    public int[] ToArray() => _rows.ToArray();
}
