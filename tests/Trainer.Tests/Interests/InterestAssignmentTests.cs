using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Interests;

namespace UniM2Rec.Tests.Interests;

public class InterestAssignmentTests
{
    [Theory]
    [InlineData(InterestClustering.DpcKnn)]
    [InlineData(InterestClustering.KMeans)]
    public void Being_stopped_leaves_the_interests_as_they_were(InterestClustering clustering)
    {
        using var market = new TinyMarket(users: 5);
        using var store = FeatureStore.Open(market.Features);
        using var features = new ItemFeatures(store, ["text", "image"], [.. Enumerable.Range(0, store.ItemCount)], CPU);
        using var scope = NewDisposeScope();
        using var table = new InterestTable(new MissRecConfig { Clustering = clustering }, 0.2, store.ItemCount, 2, store.ItemCount, 16);
        int[] all = [.. Enumerable.Range(0, store.ItemCount)];
        table.Refresh(features, all, batch => batch.Features, seed: 1, WorkContext.Silent);
        var (membership, centroids) = (table.Membership.data<long>().ToArray(), table.Centroids.data<float>().ToArray());
        using var stop = new StopAfter(1);

        Assert.Throws<OperationCanceledException>(() => table.Refresh(features, all, batch => batch.Features.Select(f => -f).ToList(), seed: 2, stop.Context));
        Assert.Equal(membership, table.Membership.data<long>().ToArray());
        Assert.Equal(centroids, table.Centroids.data<float>().ToArray());
    }

    [Fact]
    public void Items_with_other_features_go_to_the_nearest_interest_and_the_rest_stays()
    {
        using var market = new TinyMarket(users: 5);
        using var store = FeatureStore.Open(market.Features);
        using var features = new ItemFeatures(store, ["text", "image"], [.. Enumerable.Range(0, store.ItemCount)], CPU);
        using var scope = NewDisposeScope();
        using var table = new InterestTable(new MissRecConfig(), 0.2, store.ItemCount, 2, store.ItemCount, 16);
        table.Refresh(features, Enumerable.Range(0, store.ItemCount).ToArray(), batch => batch.Features, seed: 1, WorkContext.Silent);
        long[] before = table.Membership.data<long>().ToArray();
        float[][] centroids = table.Centroids.data<float>().ToArray().Chunk(16).Take((int)before.Max() + 1).ToArray();

        int[] rows = [7, 3, 40];
        var batch = features.Gather(rows);
        var moved = batch with { Features = [batch.Features[0], batch.Features[1] * -1], Present = batch.Present * tensor(new[] { 0f, 1f }) };
        table.Assign(moved, moved.Features);
        long[] after = table.Membership.data<long>().ToArray();

        for (int row = 0; row < store.ItemCount; row++)
        {
            int at = Array.IndexOf(rows, row);
            if (at < 0)
            {
                Assert.Equal(before[(row * 2)..((row * 2) + 2)], after[(row * 2)..((row * 2) + 2)]);
                continue;
            }

            float[] vector = moved.Features[1][at].data<float>().ToArray();
            int nearest = Enumerable.Range(0, centroids.Length).MinBy(c => centroids[c].Zip(vector, (a, b) => (double)(a - b) * (a - b)).Sum());
            Assert.Equal([-1, store.Modality("image").IsPresent(row) ? nearest : -1], after[(row * 2)..((row * 2) + 2)]);
        }
    }
}
