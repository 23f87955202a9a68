using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Tests.Pipeline;

public class BatchPlanTests
{
    [Fact]
    public void Every_wanted_item_comes_once_within_the_budget_longest_first()
    {
        var random = new Random(7);
        int[] lengths = Enumerable.Range(0, 500).Select(_ => random.Next(1, 60)).ToArray();
        var plan = new BatchPlan(tokenBudget: 256, maxItems: 32);
        plan.Plan(lengths, i => i % 3 != 0);

        var seen = new List<int>();
        int longest = int.MaxValue;
        foreach (var batch in plan.Batches)
        {
            int[] items = plan.Items(batch).ToArray();
            Assert.True(batch.Length * items.Length <= 256 && items.Length <= 32);
            Assert.Equal(items.Max(i => lengths[i]), batch.Length);
            Assert.True(batch.Length <= longest);
            longest = batch.Length;
            seen.AddRange(items);
        }

        Assert.Equal(Enumerable.Range(0, 500).Where(i => i % 3 != 0), seen.Order());
        Assert.Equal(seen.Sum(i => lengths[i]), plan.Tokens);
        Assert.True(plan.Tokens >= 0.85 * plan.PaddedTokens);
    }

    [Fact]
    public void An_item_longer_than_the_budget_is_a_batch_of_its_own()
    {
        var plan = new BatchPlan(tokenBudget: 10, maxItems: 8);
        plan.Plan([3, 40, 3], _ => true);

        Assert.Equal([(0, 1, 1, 40), (1, 2, 2, 3)], plan.Batches);
    }

    [Fact]
    public void Fixed_shapes_are_few_and_the_largest_comes_first()
    {
        Assert.Equal([16, 32, 64, 128], BatchPlan.LengthBuckets(128));
        Assert.Equal([10, 20, 39, 77], BatchPlan.LengthBuckets(77));
        var plan = new BatchPlan(tokenBudget: 64, maxItems: 8, [8, 16, 32], fixedRows: true);
        plan.Plan([3, 30, 16, 9, 1], _ => true);

        Assert.Equal([(2, 32), (4, 16), (8, 8)], plan.Shapes);
        Assert.Equal([(0, 2, 2, 32), (2, 3, 4, 16)], plan.Batches);
        Assert.Equal((59L, 128L), (plan.Tokens, plan.PaddedTokens));
    }
}
