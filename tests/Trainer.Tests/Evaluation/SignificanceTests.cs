using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Evaluation;

/// <summary>Tests of significance against plain counting and published values.</summary>
public class SignificanceTests
{
    /// <summary>The heights of self- and cross-fertilised corn plants (Darwin), whose two-sided exact p-value is 0.0413 (statistic 24).</summary>
    [Fact]
    public void Darwins_corn_has_the_published_p_value() =>
        Assert.Equal(0.04125976562, SignedRankTest.PValue([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]), 1e-9);

    /// <summary>Every pattern of signs, one after another, ties and zeros included.</summary>
    [Theory]
    [InlineData(new[] { 1.0, 2, -3, 4, 5 })]
    [InlineData(new[] { 1.0, 1, -1, 2, 2, -2, 3, 0, 0 })]
    [InlineData(new[] { 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.5 })]
    [InlineData(new[] { -1.0, -2, -3, -4, -5, -6, -7, -8 })]
    public void Exact_p_values_are_those_of_all_patterns_of_signs(double[] differences)
    {
        double[] sizes = [.. differences.Where(d => d != 0).Select(Math.Abs)];
        double[] ranks = [.. sizes.Select(size => (sizes.Count(s => s < size) + 1 + sizes.Count(s => s <= size)) / 2.0)];
        double Sum(Func<int, bool> isAbove) => ranks.Where((_, i) => isAbove(i)).Sum();
        double[] signed = [.. differences.Where(d => d != 0)];
        double own = Math.Min(Sum(i => signed[i] > 0), Sum(i => signed[i] < 0));
        int patterns = 1 << sizes.Length;
        int asFar = Enumerable.Range(0, patterns).Count(pattern => Sum(i => (pattern >> i & 1) == 1) <= own + 1e-9);

        Assert.Equal(Math.Min(1, 2.0 * asFar / patterns), SignedRankTest.PValue(differences), 1e-12);
    }

    /// <summary>Where both can be had, the approximation is close to the exact value: 50 differences are counted, 51 are not.</summary>
    [Fact]
    public void The_approximation_goes_on_where_counting_ends()
    {
        double[] fifty = [.. Enumerable.Range(1, 50).Select(i => i % 3 == 0 ? -i : (double)i)];

        Assert.Equal(SignedRankTest.PValue(fifty), SignedRankTest.PValue([.. fifty, 0.001, -0.0005]), 0.01);
        Assert.Equal(1, SignedRankTest.PValue([0, 0]));
    }

    [Fact]
    public void The_bootstraps_interval_is_that_of_a_mean_and_equal_variants_differ_by_nothing()
    {
        var random = new Random(3);
        double[] first = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())], other = [.. first.Select(v => v + 0.1 + (0.5 * (random.NextDouble() - 0.5)))];
        double[] differences = [.. other.Zip(first, (o, f) => o - f)];
        double half = 1.96 * Math.Sqrt(differences.Sum(d => Math.Pow(d - differences.Average(), 2)) / 399 / 400);

        var difference = Resampling.Compare([[first]], [[other]])[0];
        var none = Resampling.Compare([[first]], [[first]])[0];

        Assert.Equal(differences.Average(), difference.Mean, 1e-12);
        Assert.Equal(differences.Average() - half, difference.Within.Low, 0.1 * half);
        Assert.Equal(differences.Average() + half, difference.Within.High, 0.1 * half);
        Assert.InRange(difference.Bootstrap, 0, 0.001);
        Assert.Equal((0, 1, 1), (none.Mean, none.Bootstrap, none.Wilcoxon));
    }

    /// <summary>Two seeds that lie apart make a difference uncertain that one seed each would be sure of.</summary>
    [Fact]
    public void Runs_are_drawn_too_so_seeds_that_lie_apart_widen_the_interval()
    {
        double[] Level(double level) => [.. Enumerable.Range(0, 200).Select(u => level + (0.001 * (u % 2)))];

        var oneSeed = Resampling.Compare([[Level(0.2)]], [[Level(0.3)]])[0];
        var seeds = Resampling.Compare([[Level(0.2), Level(0.2)]], [[Level(0.1), Level(0.5)]])[0];

        Assert.Equal(0.1, oneSeed.Mean, 1e-9);
        Assert.InRange(oneSeed.Within.Low, 0.099, 0.101);
        Assert.Equal(0.1, seeds.Mean, 1e-9);
        Assert.Equal(-0.1, seeds.Within.Low, 0.01);
        Assert.Equal(0.3, seeds.Within.High, 0.01);
        Assert.InRange(seeds.Bootstrap, 0.1, 1);
    }

    [Fact]
    public void Holm_corrects_in_steps_and_keeps_the_order()
    {
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Resampling.Holm([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1.0, 1.0], Resampling.Holm([0.7, 0.6]));
    }
}
