using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Interests;

/// <summary>
/// k-means: where there are many points, one pass of mini-batches first (Sculley 2010: each centre moves to the mean of all it was given so
/// far), then Lloyd's iterations until no point changes its cluster. A cluster without points is given the point that is farthest from its own
/// centre.
/// </summary>
/// <param name="work">Its seed fixes the first centres and the order of the mini-batches.</param>
public sealed class KMeans(Clustering work)
{
    private const int MostIterations = 100;
    private const int LeastBatch = 4096;

    /// <param name="points">[points, width], all different.</param>
    /// <param name="weights">By point: how often it counts.</param>
    /// <param name="count">Clusters; at most the number of points.</param>
    /// <returns>By point: its cluster. None is empty.</returns>
    public int[] Cluster(Tensor points, float[] weights, int count)
    {
        using var scope = NewDisposeScope();
        int[] order = Enumerable.Range(0, weights.Length).ToArray();
        new Random((int)(work.Seed & 0x7FFFFFFF)).Shuffle(order);
        var weight = tensor(weights, device: points.device);
        var centres = points.index_select(0, Index(order.AsSpan(0, count), points));
        int batch = Math.Max(LeastBatch, 2 * count);
        if (order.Length > 2 * batch) MiniBatchPass(points, weight, centres, order, batch);

        int[] clusters = Assign(points, centres, count);
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            using var inner = NewDisposeScope();
            int[] next = Assign(points, Means(points, weight, clusters, count), count);
            if (next.AsSpan().SequenceEqual(clusters)) break;
            clusters = next;
        }

        return clusters;
    }

    /// <summary>The mean of each cluster's points: [count, width].</summary>
    /// <param name="points">[points, width]</param>
    /// <param name="weight">[points]: how often each counts.</param>
    /// <param name="clusters">By point: its cluster.</param>
    /// <param name="count">Number of clusters; none is empty.</param>
    public static Tensor Means(Tensor points, Tensor weight, int[] clusters, int count)
    {
        using var scope = NewDisposeScope();
        var index = Index(clusters, points);
        var sums = zeros([count, points.shape[1]], device: points.device).index_add_(0, index, points * weight.unsqueeze(1), 1);
        var totals = zeros([count], device: points.device).index_add_(0, index, weight, 1);
        return (sums / totals.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Nearest centres, with clusters that got nothing given the farthest points of clusters that can spare one.</summary>
    private int[] Assign(Tensor points, Tensor centres, int count)
    {
        var (clusters, distances) = Nearest.Of(points, centres, work);
        int[] sizes = new int[count];
        foreach (int c in clusters) sizes[c]++;
        int[] empty = Enumerable.Range(0, count).Where(c => sizes[c] == 0).ToArray();
        if (empty.Length == 0) return clusters;
        var farthestFirst = Enumerable.Range(0, clusters.Length).OrderByDescending(i => distances[i]).ThenBy(i => i).GetEnumerator();
        foreach (int c in empty)
        {
            do farthestFirst.MoveNext();
            while (sizes[clusters[farthestFirst.Current]] == 1);
            int point = farthestFirst.Current;
            sizes[clusters[point]]--;
            (clusters[point], sizes[c]) = (c, 1);
        }

        return clusters;
    }

    private void MiniBatchPass(Tensor points, Tensor weight, Tensor centres, int[] order, int batch)
    {
        var seen = zeros([centres.shape[0], 1], device: points.device);
        for (int first = 0; first < order.Length; first += batch)
        {
            using var scope = NewDisposeScope();
            var chosen = Index(order.AsSpan(first, Math.Min(batch, order.Length - first)), points);
            var some = points.index_select(0, chosen);
            var mass = weight.index_select(0, chosen).unsqueeze(1);
            var index = Index(Nearest.Of(some, centres, work).Clusters, points);
            var given = zeros_like(seen).index_add_(0, index, mass, 1);
            seen.add_(given);
            // c ← c + (Σ w x − c Σ w) / all seen, which is the running mean.
            var sums = zeros_like(centres).index_add_(0, index, some * mass, 1);
            centres.add_((sums - (centres * given)) / seen.clamp_min(1));
        }
    }

    private static Tensor Index(ReadOnlySpan<int> values, Tensor like)
    {
        long[] wide = new long[values.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        return tensor(wide, device: like.device);
    }
}

/// <summary>Which centre is nearest to each point.</summary>
public static class Nearest
{
    /// <summary>Entries of the distance matrix that are held at once.</summary>
    private const long TileEntries = 1L << 24;

    /// <param name="points">[points, width]</param>
    /// <param name="centres">[centres, width]</param>
    /// <param name="work">What shows the progress and stops it; null for nothing.</param>
    /// <returns>By point: the nearest centre, the first of equally near ones; and the squared distance to it.</returns>
    public static (int[] Clusters, float[] SquaredDistances) Of(Tensor points, Tensor centres, Clustering? work = null)
    {
        using var scope = NewDisposeScope();
        long n = points.shape[0];
        int[] clusters = new int[n];
        float[] distances = new float[n];
        var lengths = centres.square().sum(1);
        var transposed = centres.t();
        long tile = Math.Clamp(TileEntries / centres.shape[0], 1, n);
        for (long first = 0; first < n; first += tile)
        {
            using var inner = NewDisposeScope();
            work?.NextTile();
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
