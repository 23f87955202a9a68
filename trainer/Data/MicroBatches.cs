namespace UniM2Rec.Trainer.Data;

/// <summary>Cuts examples into runs that are worked on one after the other, so that memory does not grow with their number.</summary>
public static class MicroBatches
{
    /// <summary>
    /// Events of a run: enough for efficient matrix products; more only make the intermediate values of a layer larger than the processor's
    /// caches.
    /// </summary>
    public const int MostEvents = 8192;

    /// <summary>Scores of a run: its targets times the candidates.</summary>
    public const long MostScores = 1 << 24;

    /// <param name="examples">At least one.</param>
    /// <param name="candidates">Number of candidates that each target is scored against.</param>
    /// <param name="mostEvents">Events of a run at most, unless a single example has more.</param>
    /// <param name="mostScores">Scores of a run at most, likewise.</param>
    /// <returns>The examples in their order.</returns>
    public static List<IReadOnlyList<Example>> Cut(
        IReadOnlyList<Example> examples, int candidates, int mostEvents = MostEvents, long mostScores = MostScores)
    {
        var runs = new List<IReadOnlyList<Example>>();
        var run = new List<Example>();
        long events = 0, scores = 0;
        foreach (var example in examples)
        {
            long more = (long)example.Targets.Count * candidates;
            if (run.Count > 0 && (events + example.Length > mostEvents || scores + more > mostScores))
            {
                runs.Add(run);
                (run, events, scores) = ([], 0, 0);
            }

            run.Add(example);
            (events, scores) = (events + example.Length, scores + more);
        }

        runs.Add(run);
        return runs;
    }
}

/// <summary>The order in which an epoch goes through the examples: a shuffle that depends on seed and epoch alone, cut into steps.</summary>
public static class EpochPlan
{
    /// <param name="examples">All examples of the training split.</param>
    /// <param name="batchTargets">Targets of a step, at least, but for the last one, which joins the step before it if it is under half of that.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static List<List<Example>> Batches(IReadOnlyList<Example> examples, int batchTargets, int seed, int epoch)
    {
        var order = examples.ToArray();
        new Random(OrderSeed(seed, epoch)).Shuffle(order);
        var batches = new List<List<Example>>();
        List<Example> batch = [];
        int targets = 0;
        foreach (var example in order)
        {
            batch.Add(example);
            targets += example.Targets.Count;
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
    public static ulong StepSeed(int seed, int epoch, int step) => SplitMix64.MixAll((long)Purpose.Step, seed, epoch, step);

    /// <summary>A seed for what a model does at the beginning of an epoch.</summary>
    public static ulong EpochSeed(int seed, int epoch) => SplitMix64.MixAll((long)Purpose.Epoch, seed, epoch);

    private static int OrderSeed(int seed, int epoch) => (int)(SplitMix64.MixAll((long)Purpose.Order, seed, epoch) >> 33);

    /// <summary>Streams of random numbers that must not meet.</summary>
    private enum Purpose
    {
        Step = 1,
        Epoch = 2,
        Order = 3,
    }
}
