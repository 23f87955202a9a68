using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Interests;

/// <summary>Which centre is nearest to each point.</summary>
public static class Nearest
{
    /// <summary>Entries of the distance matrix that are held at once.</summary>
    private const long TileEntries = 1L << 24;

    /// <param name="points">[points, width]</param>
    /// <param name="centres">[centres, width]</param>
    /// <returns>By point: the nearest centre, the first of equally near ones; and the squared distance to it.</returns>
    public static (int[] Clusters, float[] SquaredDistances) Of(Tensor points, Tensor centres)
    {
        using var scope = NewDisposeScope();
        long n = points.shape[0];
        var clusters = new int[n];
        var distances = new float[n];
        var lengths = centres.square().sum(1);
        var transposed = centres.t();
        long tile = Math.Clamp(TileEntries / centres.shape[0], 1, n);
        for (long first = 0; first < n; first += tile)
        {
            using var inner = NewDisposeScope();
            var some = points.narrow(0, first, Math.Min(tile, n - first));
            var (values, indexes) = (lengths - (some.matmul(transposed) * 2)).min(1); // the point's own length is the same for all centres
            var squared = (values + some.square().sum(1)).clamp_min(0).cpu().data<float>();
            var nearest = indexes.cpu().data<long>();
            for (long i = 0; i < nearest.Count; i++) (clusters[first + i], distances[first + i]) = ((int)nearest[i], squared[i]);
        }

        return (clusters, distances);
    }
}
