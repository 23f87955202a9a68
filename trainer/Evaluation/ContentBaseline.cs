using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// The recommender that learns nothing: candidates by how near they are to the history by their frozen features (<see cref="ContentProfiles"/>). What an
/// item of the history has in common with itself does not count, as in EASE, whose diagonal is 0: people rarely take the same thing twice.
/// </summary>
/// <param name="data">The data of a run; features are standardised by what its training may see.</param>
/// <param name="modalities">Which features.</param>
/// <param name="decay">How much an event weighs less than the next newer one.</param>
/// <param name="maskHistory">Whether items of the history, other than the target, are taken out of the ranking.</param>
public sealed class ContentBaseline(TrainingData data, IReadOnlyList<string> modalities, double decay, bool maskHistory)
{
    private const int TileItems = 4096, MostScores = 1 << 23, MostUsers = 1024;

    /// <summary>Of unit vectors, less than this is what rounding leaves of nothing.</summary>
    private const double LeastScore = 1e-5;

    /// <summary>The rank of each example's target.</summary>
    /// <exception cref="UserErrorException">A vector can't be computed with.</exception>
    public Rank[] Ranks(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        int[] rows = [.. data.Candidates, .. data.FlowRows.Except(data.Candidates)];
        int[] slotOfRow = new int[data.Store.ItemCount];
        for (int slot = 0; slot < rows.Length; slot++) slotOfRow[rows[slot]] = slot;
        int count = data.Candidates.Length;
        var vectors = Vectors(rows, cancellation);
        var candidates = vectors.narrow(0, 0, count).t();
        var ranks = new Rank[examples.Count];
        int first = 0;
        foreach (var users in examples.Chunk(Math.Clamp(MostScores / count, 1, MostUsers)))
        {
            using var inner = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            var histories = users.Select(e => Array.ConvertAll(e.Log.Items(e.Log.FirstEvent(e.User), e.End).ToArray(), row => slotOfRow[row])).ToList();
            var scores = ContentProfiles.Of(vectors, histories, decay).matmul(candidates); // [users, candidates]
            var (positions, items, weights) = Own(histories, count);
            var common = vectors.index_select(0, tensor(items)).square().sum(1) * tensor(weights);
            scores.view(-1).index_add_(0, tensor(positions), common, -1);
            scores = nn.functional.threshold(scores, LeastScore, 0);
            var targets = tensor(Array.ConvertAll(users, e => (long)slotOfRow[e.LastTargetItem])).unsqueeze(1);
            var own = scores.gather(1, targets);
            if (maskHistory)
            {
                scores.view(-1).index_fill_(0, tensor(positions), float.NegativeInfinity);
                scores.scatter_(1, targets, own);
            }

            int[] above = scores.gt(own).sum(1).to(int32).data<int>().ToArray(), notBelow = scores.ge(own).sum(1).to(int32).data<int>().ToArray();
            for (int u = 0; u < users.Length; u++) ranks[first + u] = new Rank(above[u], notBelow[u] - above[u] - 1);
            first += users.Length;
        }

        return ranks;
    }

    /// <summary>[rows, Σ widths]</summary>
    private Tensor Vectors(int[] rows, CancellationToken cancellation)
    {
        using var features = new ItemFeatures(data.Store, modalities, data.TrainingRows, CPU, holdBytes: 0);
        var vectors = empty(rows.Length, features.Widths.Sum());
        for (int first = 0; first < rows.Length; first += TileItems)
        {
            using var scope = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            int[] tile = rows[first..Math.Min(first + TileItems, rows.Length)];
            vectors.narrow(0, first, tile.Length).copy_(ContentProfiles.Vectors(features.Gather(tile)));
        }

        return vectors;
    }

    /// <summary>The events of histories that are candidates themselves: position among the scores, slot, and weight, 0 where the event is too old to count.</summary>
    private (long[] Positions, long[] Items, float[] Weights) Own(IReadOnlyList<int[]> histories, int candidates)
    {
        var (positions, items, weights) = (new List<long>(), new List<long>(), new List<float>());
        int reach = ContentProfiles.ReachOf(decay);
        for (int h = 0; h < histories.Count; h++)
        {
            double weight = 1;
            for (int e = histories[h].Length - 1, age = 0; e >= 0; e--, age++, weight *= decay)
            {
                if (histories[h][e] >= candidates) continue;
                positions.Add(((long)h * candidates) + histories[h][e]);
                items.Add(histories[h][e]);
                weights.Add(age < reach ? (float)weight : 0);
            }
        }

        return ([.. positions], [.. items], [.. weights]);
    }
}
