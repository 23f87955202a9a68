using System.Numerics.Tensors;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>How much better one variant is than another, and whether that is more than chance.</summary>
/// <param name="Mean">The other's mean figure less the first's.</param>
/// <param name="Within">Where the difference lies with 95% confidence.</param>
/// <param name="Bootstrap">Two-sided p-value of the paired bootstrap.</param>
/// <param name="Wilcoxon">Two-sided p-value of Wilcoxon's signed-rank test over users.</param>
public sealed record PairedDifference(double Mean, Interval Within, double Bootstrap, double Wilcoxon);

/// <summary>
/// The paired bootstrap: users are drawn with replacement, and, where a variant was trained with several seeds, its runs too, so that the interval holds
/// for other users and other seeds (Efron and Tibshirani, An Introduction to the Bootstrap, chapters 8 and 13).
/// </summary>
public static class Resampling
{
    private const int Resamples = 2000;
    private const double Tail = 0.025;

    /// <summary>Compares two variants on the same users in several metrics at once, with the same draws for all of them.</summary>
    /// <param name="first">By metric and run: each user's figure.</param>
    /// <param name="other">The same of the other variant, whose users are in the same order.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <returns>By metric: other − first.</returns>
    public static IReadOnlyList<PairedDifference> Compare(IReadOnlyList<double[][]> first, IReadOnlyList<double[][]> other, int seed = 1)
    {
        int users = first[0][0].Length;
        var random = new Random(seed);
        double[] drawn = new double[users];
        double[][] differences = [.. first.Select(_ => new double[Resamples])];
        for (int r = 0; r < Resamples; r++)
        {
            Array.Clear(drawn);
            for (int i = 0; i < users; i++) drawn[random.Next(users)]++;
            int[] runsOfFirst = Draw(random, first[0].Length), runsOfOther = Draw(random, other[0].Length);
            for (int metric = 0; metric < first.Count; metric++)
                differences[metric][r] = Mean(other[metric], runsOfOther, drawn) - Mean(first[metric], runsOfFirst, drawn);
        }

        return [.. differences.Select((sampled, metric) =>
        {
            double[] perUser = [.. Enumerable.Range(0, users).Select(u => other[metric].Average(run => run[u]) - first[metric].Average(run => run[u]))];
            Array.Sort(sampled);
            int notAbove = sampled.Count(d => d <= 0), notBelow = sampled.Count(d => d >= 0);
            // The draw that was made counts as one of them, so that no p-value is 0.
            double p = Math.Min(1, 2.0 * (Math.Min(notAbove, notBelow) + 1) / (Resamples + 1));
            return new PairedDifference(
                perUser.Average(), new Interval(sampled[(int)(Resamples * Tail)], sampled[(int)(Resamples * (1 - Tail))]), p, SignedRankTest.PValue(perUser));
        })];
    }

    /// <summary>Corrects p-values of several tests at once (Holm, 1979): the chance of one false finding among them stays below the level.</summary>
    /// <returns>In the order of <paramref name="values"/>.</returns>
    public static double[] Holm(IReadOnlyList<double> values)
    {
        double[] corrected = new double[values.Count];
        double least = 0;
        int rank = 0;
        foreach (int i in Enumerable.Range(0, values.Count).OrderBy(i => values[i]))
        {
            least = Math.Max(least, Math.Min(1, values[i] * (values.Count - rank++)));
            corrected[i] = least;
        }

        return corrected;
    }

    private static int[] Draw(Random random, int runs) => runs == 1 ? [0] : [.. Enumerable.Range(0, runs).Select(_ => random.Next(runs))];

    private static double Mean(double[][] runs, int[] drawnRuns, double[] drawnUsers) =>
        drawnRuns.Average(run => TensorPrimitives.Dot<double>(runs[run], drawnUsers)) / drawnUsers.Length;
}
