using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Trainer.Training;

/// <summary>The order in which an epoch goes through the windows: a shuffle that depends on seed and epoch alone, cut into steps.</summary>
public static class EpochPlan
{
    /// <param name="windows">All windows of the training split.</param>
    /// <param name="batchTargets">Targets of a step, at least, but for the last one, which joins the step before it if it is under half of that.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static List<List<Window>> Batches(IReadOnlyList<Window> windows, int batchTargets, int seed, int epoch)
    {
        var order = windows.ToArray();
        new Random(HashCode(seed, epoch)).Shuffle(order);
        var batches = new List<List<Window>>();
        List<Window> batch = [];
        int targets = 0;
        foreach (var window in order)
        {
            batch.Add(window);
            targets += window.Targets.Count;
            if (targets < batchTargets) continue;
            batches.Add(batch);
            (batch, targets) = ([], 0);
        }

        if (batch.Count > 0)
        {
            if (batches.Count > 0 && targets < batchTargets / 2) batches[^1].AddRange(batch);
            else batches.Add(batch);
        }

        return batches;
    }

    /// <summary>A seed for one step: a function of the run's seed, the epoch and the step.</summary>
    public static ulong StepSeed(int seed, int epoch, int step)
    {
        ulong x = ((ulong)(uint)seed << 40) ^ ((ulong)(uint)epoch << 20) ^ (uint)step;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    // System.HashCode differs from process to process; this one does not.
    private static int HashCode(int seed, int epoch) => (int)(StepSeed(seed, epoch, 0xFFFFF) & 0x7FFFFFFF);
}
