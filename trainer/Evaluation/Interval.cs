using MathNet.Numerics.Distributions;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Where a figure lies with 95% confidence.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Below this a figure is 0 as it is printed.</summary>
    private const double Least = 0.00005;

    /// <summary>Whether it is that of a difference that there is not: both ends are 0 as they are printed.</summary>
    public bool IsNothing => Math.Abs(Low) < Least && Math.Abs(High) < Least;

    /// <summary>That of a difference, for people to read.</summary>
    public string DescribeDifference() =>
        IsNothing ? "no difference" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Low:+0.0000;-0.0000;0.0000} to {High:+0.0000;-0.0000;0.0000}");
}

/// <summary>
/// 95% intervals of figures that are means over targets, where users are drawn at random and each brings all of his or her targets: the error of a ratio
/// of sums (Cochran, Sampling Techniques, 2.11), with Student's t.
/// </summary>
public static class Intervals
{
    private const double Tail = 0.975;

    /// <summary>The interval of each metric.</summary>
    /// <param name="ranks">Each target's rank.</param>
    /// <param name="users">By target: whose it is.</param>
    /// <param name="cutOffs">The Ks.</param>
    /// <returns>Empty where one user alone tells nothing of others.</returns>
    public static IReadOnlyDictionary<string, Interval> Compute<TUser>(IReadOnlyList<Rank> ranks, IReadOnlyList<TUser> users, IReadOnlyList<int> cutOffs)
        where TUser : notnull
    {
        var numbers = new Dictionary<TUser, int>();
        int[] userOf = [.. users.Select(user => numbers.TryGetValue(user, out int number) ? number : numbers[user] = numbers.Count)];
        var intervals = new Dictionary<string, Interval>();
        if (numbers.Count < 2) return intervals;
        double[] targets = new double[numbers.Count];
        foreach (int user in userOf) targets[user]++;
        double t = StudentT.InvCDF(0, 1, numbers.Count - 1, Tail);
        foreach (string metric in RankingMetrics.Names(cutOffs))
        {
            double[] sums = new double[numbers.Count];
            for (int i = 0; i < userOf.Length; i++) sums[userOf[i]] += RankingMetrics.Of(ranks[i], metric);
            double mean = sums.Sum() / ranks.Count;
            double squares = sums.Zip(targets, (sum, count) => sum - (mean * count)).Sum(error => error * error);
            double half = t * Math.Sqrt(squares * numbers.Count / (numbers.Count - 1)) / ranks.Count;
            intervals[metric] = new(Math.Max(0, mean - half), Math.Min(1, mean + half));
        }

        return intervals;
    }
}
