using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Evaluation;

public class RankingMetricsTests
{
    [Fact]
    public void Recall_counts_hits_and_ndcg_discounts_them_by_rank()
    {
        var metrics = RankingMetrics.Compute([1, 3, 10, 11], [5, 10]);

        Assert.Equal(0.5, metrics["recall@5"], 1e-12);
        Assert.Equal(0.75, metrics["recall@10"], 1e-12);
        Assert.Equal((1 + 0.5) / 4, metrics["ndcg@5"], 1e-12);
        Assert.Equal((1 + 0.5 + (1 / Math.Log2(11))) / 4, metrics["ndcg@10"], 1e-12);
    }

    [Theory]
    [InlineData("ndcg")]
    [InlineData("ndcg@0")]
    [InlineData("mrr@10")]
    public void An_unknown_metric_is_refused_by_name(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<UserErrorException>(() => RankingMetrics.Single([1], name)).Message);
}
