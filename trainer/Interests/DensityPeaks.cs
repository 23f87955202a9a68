using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Interests;

/// <summary>
/// DPC-KNN clustering (Du et al. 2016, as in MISSRec's published cluster_dpc_knn): a point is a good centre if it is dense, by its k nearest
/// neighbours, and far from every denser point; the best become centres and every point joins the nearest one.
/// <code>ρ_i = exp(−mean of d² to the k nearest)     δ_i = min d to a denser point, or the largest distance     score = ρ δ</code>
/// Distances are divided by √width. Points of equal density are ordered by their numbers, so that one alone counts as the densest.
/// </summary>
public static class DensityPeaks
{
    /// <summary>Rows of distances that are held at once.</summary>
    private const int Tile = 512;

    /// <param name="points">[points, width]</param>
    /// <param name="count">Clusters; at most the number of points.</param>
    /// <param name="neighbors">k; a point is its own first neighbour.</param>
    /// <param name="work">What shows the progress and stops it.</param>
    /// <returns>By point: its cluster. None is empty, as a centre is its own.</returns>
    public static int[] Cluster(Tensor points, int count, int neighbors, Clustering work)
    {
        using var scope = NewDisposeScope();
        long n = points.shape[0];
        var density = cat(Tiles(points, work, d => d.topk((int)Math.Min(neighbors, n), 1, largest: false).values.square().mean([1]).neg().exp()), 0);
        float farthest = Tiles(points, work, d => d.max()).Max(m => m.item<float>());

        var number = arange(n, device: points.device);
        long first = 0;
        var gap = cat(Tiles(points, work, d =>
        {
            long rows = d.shape[0];
            var own = density.narrow(0, first, rows).unsqueeze(1);
            var ownNumber = number.narrow(0, first, rows).unsqueeze(1);
            first += rows;
            var isDenser = density.gt(own).logical_or(density.eq(own).logical_and(number.lt(ownNumber)));
            return d.masked_fill(isDenser.logical_not(), farthest).amin([1]);
        }), 0);

        float[] scores = (gap * density).cpu().data<float>().ToArray();
        int[] centres = Enumerable.Range(0, (int)n).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(count).ToArray();
        var centrePoints = points.index_select(0, tensor(Array.ConvertAll(centres, c => (long)c), device: points.device));
        int[] clusters = Nearest.Of(points, centrePoints).Clusters;
        for (int c = 0; c < centres.Length; c++) clusters[centres[c]] = c;
        return clusters;
    }

    private static Tensor[] Tiles(Tensor points, Clustering work, Func<Tensor, Tensor> reduce)
    {
        double scale = 1 / Math.Sqrt(points.shape[1]);
        var results = new List<Tensor>();
        for (long first = 0; first < points.shape[0]; first += Tile)
        {
            using var scope = NewDisposeScope();
            work.NextTile();
            var distances = cdist(points.narrow(0, first, Math.Min(Tile, points.shape[0] - first)), points) * scale;
            results.Add(reduce(distances).MoveToOuterDisposeScope());
        }

        return results.ToArray();
    }
}
