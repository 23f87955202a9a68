using MathNet.Numerics.Distributions;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Wilcoxon's signed-rank test: are differences as often and as far above 0 as below? Differences of 0 are left out and ties have their middle rank, as
/// Wilcoxon (1945) has it; the p-value is exact for few differences and, for many, the normal approximation with corrections for ties and continuity.
/// </summary>
public static class SignedRankTest
{
    /// <summary>Up to so many differences that are not 0 every pattern of signs is counted.</summary>
    private const int MostExact = 50;

    /// <summary>The two-sided p-value; 1 where no difference is other than 0.</summary>
    public static double PValue(IReadOnlyList<double> differences)
    {
        double[] sizes = [.. differences.Where(d => d != 0).OrderBy(Math.Abs)];
        if (sizes.Length == 0) return 1;
        int[] doubled = DoubledRanks(sizes);
        long above = sizes.Zip(doubled).Where(d => d.First > 0).Sum(d => (long)d.Second), all = doubled.Sum(r => (long)r);
        long lesser = Math.Min(above, all - above);
        return sizes.Length <= MostExact ? Exact(doubled, lesser) : Normal(doubled, lesser);
    }

    /// <summary>Twice the rank of each size, so that middle ranks are whole.</summary>
    private static int[] DoubledRanks(double[] sorted)
    {
        int[] ranks = new int[sorted.Length];
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            for (end = first + 1; end < sorted.Length && Math.Abs(sorted[end]) == Math.Abs(sorted[first]);) end++;
            Array.Fill(ranks, first + 1 + end, first, end - first);
        }

        return ranks;
    }

    /// <summary>Twice the share of all patterns of signs whose sum is at most <paramref name="lesser"/>.</summary>
    private static double Exact(int[] ranks, long lesser)
    {
        double[] chance = new double[ranks.Sum() + 1];
        chance[0] = 1;
        int reach = 0;
        foreach (int rank in ranks)
        {
            reach += rank;
            for (int sum = reach; sum >= 0; sum--) chance[sum] = (chance[sum] + (sum >= rank ? chance[sum - rank] : 0)) / 2;
        }

        return Math.Min(1, 2 * chance.Take((int)lesser + 1).Sum());
    }

    private static double Normal(int[] ranks, long lesser)
    {
        // With middle ranks the sum of squares has the correction for ties in it.
        double mean = ranks.Sum(r => (double)r) / 4, variance = ranks.Sum(r => (double)r * r) / 16;
        double z = (mean - (lesser / 2.0) - 0.5) / Math.Sqrt(variance);
        return Math.Min(1, 2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, -Math.Max(0, z)));
    }
}
