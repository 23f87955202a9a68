using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// What candidates have in common with a history by their frozen features, without any learning: Σ decay^age · cosine over its newest events, and 0 where
/// that is negative. A network learns of frequent items before it learns of rare ones; this knows all of them alike.
/// </summary>
public static class ContentProfiles
{
    private const double LeastWeight = 1e-3;

    /// <summary>How many of a history's newest events are worth counting.</summary>
    public static int ReachOf(double decay) => ItemRelation.ReachOf(decay, LeastWeight);

    /// <summary>[items, Σ widths]: the modalities' features, each of unit length, side by side, and of unit length together; 0 for an item without any.</summary>
    /// <param name="items">Their features, centred.</param>
    public static Tensor Vectors(ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var parts = items.Features.Select((f, m) => nn.functional.normalize(f, dim: -1) * items.Present.narrow(1, m, 1)).ToArray();
        return nn.functional.normalize(cat(parts, 1), dim: -1).MoveToOuterDisposeScope();
    }

    /// <summary>[histories, Σ widths]: Σ decay^age · vector over each history's newest events.</summary>
    /// <param name="vectors">[items, Σ widths]: from <see cref="Vectors"/>.</param>
    /// <param name="histories">Rows of <paramref name="vectors"/>, oldest first; -1 for an item that has none there.</param>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    public static Tensor Of(Tensor vectors, IReadOnlyList<int[]> histories, double decay)
    {
        using var scope = NewDisposeScope();
        int reach = ReachOf(decay);
        var (items, owners, weights) = (new List<long>(), new List<long>(), new List<float>());
        for (int h = 0; h < histories.Count; h++)
        {
            double weight = 1;
            for (int e = histories[h].Length - 1; e >= Math.Max(0, histories[h].Length - reach); e--, weight *= decay)
            {
                if (histories[h][e] < 0) continue;
                items.Add(histories[h][e]);
                owners.Add(h);
                weights.Add((float)weight);
            }
        }

        var device = vectors.device;
        var events = vectors.index_select(0, tensor(items.ToArray(), device: device)) * tensor(weights.ToArray(), device: device).unsqueeze(1);
        return zeros(histories.Count, vectors.shape[1], device: device).index_add(0, tensor(owners.ToArray(), device: device), events, 1).MoveToOuterDisposeScope();
    }
}
