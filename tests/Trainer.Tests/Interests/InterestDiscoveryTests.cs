using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Interests;

namespace UniM2Rec.Tests.Interests;

public class InterestDiscoveryTests
{
    [Theory]
    [InlineData(InterestClustering.DpcKnn)]
    [InlineData(InterestClustering.KMeans)]
    public void Well_separated_groups_are_found(InterestClustering clustering)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var vectors = cat([randn(30, 8) * 0.1 + 10, randn(20, 8) * 0.1 - 10, randn(25, 8) * 0.1], 0);
        var (interests, count) = new InterestDiscovery(clustering, 0.2).Discover(vectors, Enumerable.Range(0, 75).ToArray(), 3, new Clustering(7));

        Assert.Equal(3, count);
        Assert.Equal([1, 1, 1], new[] { interests[..30], interests[30..50], interests[50..] }.Select(part => part.Distinct().Count()));
        Assert.Equal(3, interests.Distinct().Count());
    }

    [Theory]
    [InlineData(InterestClustering.DpcKnn)]
    [InlineData(InterestClustering.KMeans)]
    public void Equal_rows_share_an_interest_and_none_is_empty(InterestClustering clustering)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var few = randn(6, 5);
        int[] numbers = Enumerable.Range(0, 24).Select(i => i % 6).ToArray();
        var vectors = few.index_select(0, tensor(numbers.Select(i => (long)i).ToArray()));
        var (interests, count) = new InterestDiscovery(clustering, 0.3).Discover(vectors, numbers, wanted: 12, new Clustering(3));

        Assert.Equal(6, count); // Not 12: there are only 6 different rows.
        Assert.Equal(6, interests.Distinct().Count());
        for (int i = 6; i < 24; i++) Assert.Equal(interests[i % 6], interests[i]);
    }

    [Fact]
    public void Clustering_leaves_its_input_as_it_is()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var vectors = randn(50, 4);
        float[] before = vectors.data<float>().ToArray();
        foreach (var clustering in new[] { InterestClustering.DpcKnn, InterestClustering.KMeans })
            new InterestDiscovery(clustering, 0.1).Discover(vectors, Enumerable.Range(0, 50).ToArray(), 10, new Clustering(1));
        Assert.Equal(before, vectors.data<float>().ToArray());
    }

    [Fact]
    public void KMeans_ends_where_no_point_has_a_nearer_centre_and_every_centre_is_a_mean()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        const int count = 12;
        var points = randn(200, 3);
        float[] weights = Enumerable.Range(0, 200).Select(i => (float)(1 + (i % 3))).ToArray();
        int[] clusters = new KMeans(new Clustering(5)).Cluster(points, weights, count);

        // Plain Lloyd from the result: nothing may change.
        double[][] x = Enumerable.Range(0, 200).Select(i => points[i].data<float>().ToArray().Select(v => (double)v).ToArray()).ToArray();
        double[][] means = Enumerable.Range(0, count).Select(c =>
        {
            int[] own = Enumerable.Range(0, 200).Where(i => clusters[i] == c).ToArray();
            Assert.NotEmpty(own);
            double mass = own.Sum(i => weights[i]);
            return Enumerable.Range(0, 3).Select(d => own.Sum(i => x[i][d] * weights[i]) / mass).ToArray();
        }).ToArray();
        for (int i = 0; i < 200; i++) Assert.Equal(clusters[i], Enumerable.Range(0, count).MinBy(c => Squared(x[i], means[c])));

        float[] computed = KMeans.Means(points, tensor(weights), clusters, count).data<float>().ToArray();
        for (int c = 0; c < count; c++)
        {
            for (int d = 0; d < 3; d++) Assert.Equal(means[c][d], computed[(c * 3) + d], 1e-5);
        }
    }

    [Fact]
    public void Many_points_go_through_mini_batches_to_the_same_kind_of_end()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var centres = randn(10, 4) * 20;
        var points = (centres.unsqueeze(0) + (randn(900, 10, 4) * 0.1)).view(9000, 4);
        int[] clusters = new KMeans(new Clustering(1)).Cluster(points, Enumerable.Repeat(1f, 9000).ToArray(), 40);

        Assert.Equal(40, clusters.Distinct().Count());
        Assert.Equal(clusters, new KMeans(new Clustering(1)).Cluster(points, Enumerable.Repeat(1f, 9000).ToArray(), 40));
    }

    [Fact]
    public void DensityPeaks_equals_the_plain_computation()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        const int n = 600, count = 20, neighbors = 9;
        var points = randn(n, 6);
        double[][] x = Enumerable.Range(0, n).Select(i => points[i].data<float>().ToArray().Select(v => (double)v).ToArray()).ToArray();
        double[][] distance = x.Select(a => x.Select(b => Math.Sqrt(Squared(a, b) / 6)).ToArray()).ToArray();
        double[] density = distance.Select(row => Math.Exp(-row.Order().Take(neighbors).Average(d => d * d))).ToArray();
        double farthest = distance.Max(row => row.Max());
        double[] score = Enumerable.Range(0, n).Select(i =>
            density[i] * Enumerable.Range(0, n).Where(j => density[j] > density[i]).Select(j => distance[i][j]).DefaultIfEmpty(farthest).Min()).ToArray();
        int[] centres = Enumerable.Range(0, n).OrderByDescending(i => score[i]).Take(count).ToArray();
        int[] expected = Enumerable.Range(0, n).Select(i => centres.MinBy(c => distance[i][c])).ToArray();

        int[] clusters = DensityPeaks.Cluster(points, count, neighbors, new Clustering(1));
        Assert.Equal(count, clusters.Distinct().Count());
        // The numbers of clusters may differ where scores are close; which points are together may not.
        Assert.Equal(expected.Select((c, i) => Array.IndexOf(expected, c)), clusters.Select((c, i) => Array.IndexOf(clusters, c)));
    }

    private static double Squared(double[] a, double[] b) => a.Zip(b, (p, q) => (p - q) * (p - q)).Sum();
}
