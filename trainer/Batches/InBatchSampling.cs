using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Trainer.Batches;

/// <summary>
/// In-batch negatives are a sample of the catalogue in which popular items are over-represented, so that a model trained against them learns to
/// rank them low. Counting each distinct item of a batch with the inverse of its chance to be there (Horvitz and Thompson 1952; compare the
/// sampling-bias correction of Yi et al., RecSys 2019) makes the sum over the batch an unbiased estimate of the
/// sum over all items that are ever a target.
/// </summary>
public static class InBatchSampling
{
    /// <param name="log">The flow.</param>
    /// <param name="training">The windows that batches are drawn from.</param>
    /// <param name="itemCount">Rows of the feature store.</param>
    /// <param name="batchTargets">Targets of a batch.</param>
    /// <returns>
    /// By row of the store: −log(1 − (1 − q)^<paramref name="batchTargets"/>), q being the item's share of the training targets; 0 for items that
    /// are never a target.
    /// </returns>
    public static float[] LogWeights(InteractionLog log, IReadOnlyList<Window> training, int itemCount, int batchTargets)
    {
        var counts = new int[itemCount];
        long total = 0;
        foreach (var window in training)
        {
            foreach (var (_, target) in window.Targets) counts[log.ItemOf(target)]++;
            total += window.Targets.Count;
        }

        return Array.ConvertAll(counts, c => c == 0 ? 0 : (float)-Math.Log(1 - Math.Pow(1 - ((double)c / total), batchTargets)));
    }
}
