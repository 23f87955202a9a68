using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Evaluation;

/// <summary>Whether 95% intervals hold what they say.</summary>
public class IntervalsTests
{
    /// <summary>Of one target a user it is the textbook's interval of a mean: t of 4 degrees of freedom is 2.776.</summary>
    [Fact]
    public void Of_one_target_a_user_it_is_the_interval_of_a_mean()
    {
        var ranks = new[] { 0, 0, 20, 20, 20 }.Select(above => new Rank(above)).ToList();

        var interval = Intervals.Compute(ranks, [1, 2, 3, 4, 5], [10])["recall@10"];

        double deviation = Math.Sqrt(((2 * 0.36) + (3 * 0.16)) / 4), half = 2.7764451 * deviation / Math.Sqrt(5);
        Assert.Equal(Math.Max(0, 0.4 - half), interval.Low, 1e-6);
        Assert.Equal(Math.Min(1, 0.4 + half), interval.High, 1e-6);
    }

    /// <summary>Users are what is drawn: of many targets each, which are alike, the interval is as wide as of one.</summary>
    [Fact]
    public void Many_targets_of_one_user_are_no_more_certain_than_one()
    {
        int[] above = [0, 3, 20, 1, 40, 6, 2, 90];
        var once = Intervals.Compute([.. above.Select(a => new Rank(a))], Enumerable.Range(0, 8).ToList(), [10])["ndcg@10"];
        var often = Intervals.Compute([.. above.SelectMany(a => Enumerable.Repeat(new Rank(a), 7))], Enumerable.Range(0, 56).Select(i => i / 7).ToList(), [10])["ndcg@10"];

        Assert.Equal(once.Low, often.Low, 1e-12);
        Assert.Equal(once.High, often.High, 1e-12);
    }

    /// <summary>Of samples with several targets a user, about 95% of the intervals hold the figure that all users together have.</summary>
    [Fact]
    public void Of_many_samples_about_95_percent_hold_the_true_figure()
    {
        const int trials = 600, users = 80;
        var random = new Random(1);
        int held = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            var ranks = new List<Rank>();
            var of = new List<int>();
            for (int user = 0; user < users; user++)
            {
                double chance = random.NextDouble(); // hits of one user go together, and the mean over all is a half
                for (int target = random.Next(1, 5); target > 0; target--)
                {
                    ranks.Add(new Rank(random.NextDouble() < chance ? 0 : 50));
                    of.Add(user);
                }
            }

            var interval = Intervals.Compute(ranks, of, [10])["recall@10"];
            if (interval.Low <= 0.5 && 0.5 <= interval.High) held++;
        }

        Assert.InRange(held / (double)trials, 0.925, 0.975);
    }

    [Fact]
    public void One_user_tells_nothing_of_others() => Assert.Empty(Intervals.Compute([new Rank(0), new Rank(3)], ["a", "a"], [10]));
}
