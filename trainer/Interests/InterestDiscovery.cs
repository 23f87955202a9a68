using UniM2Rec.Trainer.Configuration;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Interests;

/// <summary>
/// MISSRec's interest discovery (arXiv 2308.11175, §3.2): the vectors of all items in all modalities are clustered, and each cluster is an
/// interest. What the published code (cluster_utils.py and its k-means) gets wrong is done right here: its k-means squares the vectors in place
/// while it measures distances, so that it clusters magnitudes; it stops after one pass; and clusters that lose all members become zero vectors,
/// over which a LayerNorm with eps 1e-12 has gradients of 1e15. Here clustering is brought to convergence, never changes its input, and no
/// interest is empty: equal feature rows count as one, and there are at most as many interests as distinct rows.
/// </summary>
/// <param name="clustering">The algorithm.</param>
/// <param name="neighborRatio">DPC-KNN: share of the vectors that are neighbours.</param>
public sealed class InterestDiscovery(InterestClustering clustering, double neighborRatio)
{
    /// <summary>Distinct vectors up to which DPC-KNN is the automatic choice: 4,096² distances take 0.1 s and 64 MiB.</summary>
    private const int MostForDensityPeaks = 4096;

    /// <param name="vectors">[vectors, width]</param>
    /// <param name="same">By vector: the number of the first vector with the same features.</param>
    /// <param name="wanted">Number of interests; capped at the number of distinct vectors.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    /// <returns>By vector: its interest, from 0; and how many there are.</returns>
    public (int[] Interests, int Count) Discover(Tensor vectors, int[] same, int wanted, ulong seed)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var distinct = Enumerable.Range(0, same.Length).Where(i => same[i] == i).ToArray();
        var copies = new float[same.Length];
        foreach (int first in same) copies[first]++;
        int count = Math.Clamp(wanted, 1, distinct.Length);
        var points = distinct.Length == same.Length ? vectors : vectors.index_select(0, tensor(Array.ConvertAll(distinct, i => (long)i), device: vectors.device));

        bool byDensity = clustering == InterestClustering.DpcKnn || (clustering == InterestClustering.Auto && distinct.Length <= MostForDensityPeaks);
        var found = byDensity
            ? DensityPeaks.Cluster(points, count, Math.Max(1, (int)Math.Ceiling(neighborRatio * distinct.Length)))
            : new KMeans(seed).Cluster(points, Array.ConvertAll(distinct, i => copies[i]), count);

        var byVector = new int[same.Length];
        for (int d = 0; d < distinct.Length; d++) byVector[distinct[d]] = found[d];
        for (int i = 0; i < same.Length; i++) byVector[i] = byVector[same[i]];
        return (byVector, count);
    }
}
