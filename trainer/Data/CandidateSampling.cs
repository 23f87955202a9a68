namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Draws the candidates of a step that stand for a whole catalogue and are shared by the step's targets. Each of some independent draws takes an item by
/// its share p of the training targets, or, with the other chance, any of the N items alike: q = popular · p + (1 − popular) / N. An item that is drawn at
/// least once counts with the inverse of the chance of that, 1 − (1 − q)^draws (Horvitz and Thompson 1952; the correction by log q of sampled softmax, arXiv
/// 1412.2007), so that the sum of e^logit over what is drawn estimates the sum over the catalogue without bias. The step's own targets are no draws: as
/// negatives of each other they would be drawn by who is in the batch, a user's own next items above all.
/// </summary>
public sealed class CandidateSampling
{
    private readonly int[] _catalogue;
    private readonly int _draws;
    private readonly double _popular;
    private readonly long[] _cumulative;
    private readonly float[] _logWeight;

    /// <param name="catalogue">Rows of the items that are drawn from.</param>
    /// <param name="training">The examples whose targets say how popular an item is.</param>
    /// <param name="itemCount">Rows of the feature store.</param>
    /// <param name="draws">Draws of a step.</param>
    /// <param name="popular">Share of the draws by popularity; at least 0 and below 1.</param>
    public CandidateSampling(int[] catalogue, IReadOnlyList<Example> training, int itemCount, int draws, double popular)
    {
        (_catalogue, _draws, _popular) = (catalogue, draws, popular);
        long[] counts = new long[itemCount];
        foreach (var example in training)
        {
            foreach (var (_, target) in example.Targets) counts[example.Log.ItemOf(target)]++;
        }

        _cumulative = new long[catalogue.Length];
        long total = 0;
        for (int i = 0; i < catalogue.Length; i++) _cumulative[i] = total += counts[catalogue[i]];
        if (total == 0) _popular = 0;
        _logWeight = new float[itemCount];
        foreach (int row in catalogue)
        {
            double chance = (_popular * counts[row] / Math.Max(1, total)) + ((1 - _popular) / catalogue.Length);
            _logWeight[row] = (float)-Math.Log(1 - Math.Pow(1 - chance, draws));
        }
    }

    /// <param name="seed">The same seed draws the same.</param>
    /// <returns>Rows of the items that were drawn, each once.</returns>
    public int[] Draw(ulong seed)
    {
        var random = new Random((int)(SplitMix64.Mix(seed) >> 33));
        var drawn = new HashSet<int>(_draws);
        for (int draw = 0; draw < _draws; draw++)
        {
            int item = random.NextDouble() < _popular ? Popular(random.NextInt64(_cumulative[^1])) : random.Next(_catalogue.Length);
            drawn.Add(_catalogue[item]);
        }

        return [.. drawn];
    }

    /// <summary>Log of what an item counts for that was drawn: −log(1 − (1 − q)^draws).</summary>
    /// <param name="row">Its row.</param>
    public float LogWeight(int row) => _logWeight[row];

    /// <summary>The item whose stretch of the training targets, one after the other, holds a place.</summary>
    private int Popular(long place)
    {
        int found = Array.BinarySearch(_cumulative, place + 1);
        if (found < 0) return ~found;
        while (found > 0 && _cumulative[found - 1] == place + 1) found--; // items without targets end where the one before them does
        return found;
    }
}
