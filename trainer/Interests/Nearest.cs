using System.Runtime.InteropServices;
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
            // Spans: an accessor asks the native library for shape and strides at each element, which took more than half of k-means' time.
            var squared = (values + some.square().sum(1)).clamp_min(0).cpu();
            var nearest = indexes.cpu();
            MemoryMarshal.Cast<byte, float>(squared.bytes).CopyTo(distances.AsSpan((int)first));
            int at = (int)first;
            foreach (long cluster in MemoryMarshal.Cast<byte, long>(nearest.bytes)) clusters[at++] = (int)cluster;
        }

        return (clusters, distances);
    }
}
