namespace UniM2Rec.Trainer.Data;

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

    /// <summary>Items so far.</summary>
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

    /// <summary>The slot of the item in <paramref name="row"/>, or -1 where it has none.</summary>
    public int Find(int row) => _batchOf[row] == _batch ? _slot[row] : -1;

    /// <summary>Rows by slot.</summary>
    public int[] ToArray() => _rows.ToArray();
}

/// <summary>
/// In-batch negatives are a sample of the catalogue in which popular items are over-represented, so that a model trained against them learns to
/// rank them low. Counting each distinct item of a batch with the inverse of its chance to be there (Horvitz and Thompson 1952; compare the
/// sampling-bias correction of Yi et al., RecSys 2019) makes the sum over the batch an unbiased estimate of the
/// sum over all items that are ever a target.
/// </summary>
public static class InBatchSampling
{
    /// <param name="training">The examples that batches are drawn from.</param>
    /// <param name="itemCount">Rows of the feature store.</param>
    /// <param name="batchTargets">Targets of a batch.</param>
    /// <returns>
    /// By row of the store: −log(1 − (1 − q)^<paramref name="batchTargets"/>), q being the item's share of the training targets; 0 for items that
    /// are never a target.
    /// </returns>
    public static float[] LogWeights(IReadOnlyList<Example> training, int itemCount, int batchTargets)
    {
        int[] counts = new int[itemCount];
        long total = 0;
        foreach (var example in training)
        {
            foreach (var (_, target) in example.Targets) counts[example.Log.ItemOf(target)]++;
            total += example.Targets.Count;
        }

        return Array.ConvertAll(counts, c => c == 0 ? 0 : (float)-Math.Log(1 - Math.Pow(1 - ((double)c / total), batchTargets)));
    }
}
