using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Evaluation;

public class RankingMetricsTests
{
    [Fact]
    public void Recall_counts_hits_and_ndcg_discounts_them_by_rank()
    {
        var metrics = RankingMetrics.Compute([new Rank(0), new Rank(2), new Rank(9), new Rank(10)], [5, 10]);

        Assert.Equal(0.5, metrics["recall@5"], 1e-12);
        Assert.Equal(0.75, metrics["recall@10"], 1e-12);
        Assert.Equal((1 + 0.5) / 4, metrics["ndcg@5"], 1e-12);
        Assert.Equal((1 + 0.5 + (1 / Math.Log2(11))) / 4, metrics["ndcg@10"], 1e-12);
        Assert.Equal((1 + (1 / 3.0)) / 4, metrics["mrr@5"], 1e-12);
        Assert.Equal((1 + (1 / 3.0) + 0.1) / 4, metrics["mrr@10"], 1e-12);
    }

    /// <summary>Shuffled often enough, the places of tied candidates give the figures that are computed at once.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 4)]
    [InlineData(8, 30)]
    [InlineData(0, 299)]
    [InlineData(12, 5)]
    public void A_tied_target_has_the_mean_over_all_orders_of_its_ties(int above, int tied)
    {
        const int k = 10;
        var places = Enumerable.Range(above + 1, tied + 1).ToList();
        var metrics = RankingMetrics.Compute([new Rank(above, tied)], [k]);

        Assert.Equal(places.Average(place => place <= k ? 1.0 : 0), metrics["recall@10"], 1e-12);
        Assert.Equal(places.Average(place => place <= k ? 1 / Math.Log2(place + 1) : 0), metrics["ndcg@10"], 1e-12);
        Assert.Equal(places.Average(place => place <= k ? 1.0 / place : 0), metrics["mrr@10"], 1e-12);
        Assert.Equal(places.Average(), new Rank(above, tied).Middle, 1e-12);
    }

    [Fact]
    public void Where_nothing_is_told_apart_the_figures_are_those_of_chance()
    {
        // 300 items: 10 of 300 places are among the first ten.
        Assert.Equal(10 / 300.0, RankingMetrics.Compute([new Rank(0, 299)], [10])["recall@10"], 1e-12);
        Assert.Equal(1, RankingMetrics.Compute([new Rank(0, 5000)], [6000])["recall@6000"], 1e-12);
    }

    [Theory]
    [InlineData("1", "0", 0, 0)]
    [InlineData("3.5", "1", 2, 1)]
    [InlineData("150.5", "299", 0, 299)]
    public void Ranks_are_read_back(string middle, string tied, int above, int ties)
    {
        Assert.Equal(new Rank(above, ties), Rank.Parse(middle, tied));
        Assert.Equal((middle, tied), new Rank(above, ties).ToText());
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    [InlineData("x", "0")]
    [InlineData("2", "-1")]
    [InlineData("NaN", "0")]
    public void What_is_no_rank_is_none(string middle, string tied) => Assert.Null(Rank.Parse(middle, tied));

    [Theory]
    [InlineData("ndcg")]
    [InlineData("ndcg@0")]
    [InlineData("map@10")]
    public void An_unknown_metric_is_refused_by_name(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<UserErrorException>(() => RankingMetrics.Single([new Rank(0)], name)).Message);
}
