using System.Runtime.InteropServices;
using System.Security.Cryptography;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Interests;

/// <summary>
/// The interests of an epoch: their vectors, each the mean of its members, and which interest each item belongs to by each modality. They are
/// constants between refreshes, as in the published code, and are kept with the weights, so that a resumed epoch and a finished run have the
/// ones that the weights were trained with.
/// </summary>
public sealed class InterestTable : nn.Module
{
    /// <summary>Name of the buffer that has a row for each item.</summary>
    internal const string ByItem = nameof(membership);

    private const int Tile = 4096;
    private readonly double _ratio;
    private readonly InterestDiscovery _discovery;
    private readonly Tensor centroids;
    private readonly Tensor membership;

    /// <param name="config">How interests are found.</param>
    /// <param name="ratio">Interests for each vector.</param>
    /// <param name="items">Rows of the feature store.</param>
    /// <param name="modalities">Modalities of the model.</param>
    /// <param name="itemsAtStart">Items by which the number of interests is chosen.</param>
    /// <param name="width">Width of the vectors.</param>
    public InterestTable(MissRecConfig config, double ratio, int items, int modalities, int itemsAtStart, long width)
        : base(nameof(InterestTable))
    {
        _ratio = ratio;
        _discovery = new InterestDiscovery(config.Clustering, config.NeighborRatio);
        centroids = zeros(Wanted((long)itemsAtStart * modalities), width);
        membership = full([items, modalities], -1L, dtype: ScalarType.Int64);
        RegisterComponents();
    }

    /// <summary>[interests, width]: the interests' vectors; rows past the last interest are 0 and belong to nobody.</summary>
    public Tensor Centroids => centroids;

    /// <summary>[items, modalities] int64: an item's interest in each modality, or -1 where it lacks the modality.</summary>
    public Tensor Membership => membership;

    /// <summary>Discovers the interests anew.</summary>
    /// <param name="features">The items' features.</param>
    /// <param name="rows">The items whose vectors are clustered.</param>
    /// <param name="adapt">From items to their vector in each modality, [items, width] each.</param>
    /// <param name="seed">Fixes what clustering draws.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    public void Refresh(ItemFeatures features, int[] rows, Func<ItemBatch, IReadOnlyList<Tensor>> adapt, ulong seed, WorkContext context)
    {
        using var task = context.Progress.Start("Finding interests", null, "tiles of items");
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        var owners = new List<(int Row, int Modality)>();
        var same = new List<int>();
        var seen = new Dictionary<(int, UInt128), int>();
        foreach (int[] tile in rows.Chunk(Tile))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var batch = features.Gather(tile);
            var adapted = adapt(batch);
            float[] present = batch.Present.cpu().data<float>().ToArray();
            for (int m = 0; m < adapted.Count; m++)
            {
                int[] held = Enumerable.Range(0, tile.Length).Where(i => present[(i * adapted.Count) + m] > 0).ToArray();
                if (held.Length == 0) continue;
                parts.Add(adapted[m].index_select(0, tensor(Array.ConvertAll(held, i => (long)i), device: adapted[m].device)));
                var frozen = batch.Features[m].cpu().contiguous();
                int bytes = (int)frozen.shape[1] * sizeof(float);
                foreach (int i in held)
                {
                    var key = (m, Digest(frozen.bytes.Slice(i * bytes, bytes)));
                    if (!seen.TryGetValue(key, out int first)) seen[key] = first = owners.Count;
                    same.Add(first);
                    owners.Add((tile[i], m));
                }
            }
        }

        long[] byRow = new long[membership.numel()];
        Array.Fill(byRow, -1);
        if (owners.Count == 0)
        {
            centroids.zero_();
        }
        else
        {
            var vectors = cat(parts.ToArray(), 0);
            var (interests, count) = _discovery.Discover(vectors, same.ToArray(), Wanted(owners.Count), new Clustering(seed, task, context.Cancellation));
            int modalities = (int)membership.shape[1];
            centroids.zero_(); // only now, as being stopped leaves the interests as they were
            for (int v = 0; v < interests.Length; v++) byRow[(owners[v].Row * modalities) + owners[v].Modality] = interests[v];
            centroids.narrow(0, 0, count).copy_(KMeans.Means(vectors, ones(vectors.shape[0], device: vectors.device), interests, count));
        }

        membership.copy_(tensor(byRow).view(membership.shape));
    }

    /// <summary>Assigns items whose features are no longer those that were clustered to the interests nearest to them; the interests stay.</summary>
    /// <param name="items">The items.</param>
    /// <param name="adapted">By modality: their vectors, [items, width].</param>
    public void Assign(ItemBatch items, IReadOnlyList<Tensor> adapted)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        long used = membership.max().item<long>() + 1;
        for (int m = 0; m < adapted.Count; m++)
        {
            var none = full_like(items.Rows, -1);
            var nearest = used == 0
                ? none
                : tensor(Array.ConvertAll(Nearest.Of(adapted[m], centroids.narrow(0, 0, used)).Clusters, c => (long)c), device: none.device);
            membership.index_put_(where(items.Present.select(1, m).gt(0), nearest, none), items.Rows, full_like(items.Rows, m));
        }
    }

    /// <summary>Equal features are found by digest, not by comparing adapted vectors: a matrix product may round equal rows differently.</summary>
    private static UInt128 Digest(ReadOnlySpan<byte> features)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(features, digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }

    private int Wanted(long vectors) => (int)Math.Max(1, Math.Ceiling(_ratio * vectors));
}

/// <summary>What clustering works with.</summary>
/// <param name="Seed">Fixes what is drawn.</param>
/// <param name="Progress">Advances with each tile of distances.</param>
/// <param name="Cancellation">Stops it between two tiles.</param>
public sealed record Clustering(ulong Seed, IProgressTask? Progress = null, CancellationToken Cancellation = default)
{
    /// <summary>A tile of distances begins.</summary>
    public void NextTile()
    {
        Cancellation.ThrowIfCancellationRequested();
        Progress?.Advance();
    }
}

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
    /// <param name="work">What fixes the draws, shows the progress and stops it.</param>
    /// <returns>By vector: its interest, from 0; and how many there are.</returns>
    public (int[] Interests, int Count) Discover(Tensor vectors, int[] same, int wanted, Clustering work)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        int[] distinct = Enumerable.Range(0, same.Length).Where(i => same[i] == i).ToArray();
        float[] copies = new float[same.Length];
        foreach (int first in same) copies[first]++;
        int count = Math.Clamp(wanted, 1, distinct.Length);
        var points = distinct.Length == same.Length ? vectors : vectors.index_select(0, tensor(Array.ConvertAll(distinct, i => (long)i), device: vectors.device));

        bool byDensity = clustering == InterestClustering.DpcKnn || (clustering == InterestClustering.Auto && distinct.Length <= MostForDensityPeaks);
        int[] found = byDensity
            ? DensityPeaks.Cluster(points, count, Math.Max(1, (int)Math.Ceiling(neighborRatio * distinct.Length)), work)
            : new KMeans(work).Cluster(points, Array.ConvertAll(distinct, i => copies[i]), count);

        int[] byVector = new int[same.Length];
        for (int d = 0; d < distinct.Length; d++) byVector[distinct[d]] = found[d];
        for (int i = 0; i < same.Length; i++) byVector[i] = byVector[same[i]];
        return (byVector, count);
    }
}
