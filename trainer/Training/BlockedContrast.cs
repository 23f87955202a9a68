using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// <see cref="SequenceItemContrast"/> over so many candidates that their scores are not to be held together: the full softmax, block by block of
/// candidates. A first pass keeps each target's log-sum-exp alone; a second one computes each block's logits again and differentiates them, as
/// ∂loss/∂logit = (e^(logit − logsumexp) − [positive]) / targets needs nothing of the other blocks.
/// </summary>
public static class BlockedContrast
{
    /// <summary>Scores of a part of a batch that are computed as a whole, at most, which is a pass less.</summary>
    public const long MostScores = 1 << 24;

    /// <summary>Blocks that <see cref="MostScores"/> would make.</summary>
    private const int Blocks = 4;
    private const int Strip = 64;

    /// <summary>Adds the gradients of weight · loss to those of the states, the vectors and the parameters that join scores.</summary>
    /// <param name="recommender">Scores.</param>
    /// <param name="states">[targets, width]: leaves.</param>
    /// <param name="vectors">Leaves; the first <paramref name="candidates"/> are the candidates.</param>
    /// <param name="candidates">Number of candidates.</param>
    /// <param name="targets">Which candidate each target is, and what its history says.</param>
    /// <param name="weight">What the loss counts for.</param>
    /// <param name="mostScores">Blocks have a quarter of that.</param>
    /// <returns>The mean loss, not weighted: a scalar without a gradient.</returns>
    public static Tensor Differentiate(Recommender recommender, Tensor states, ItemVectors vectors, int candidates, SequencePart targets, double weight, long mostScores = MostScores)
    {
        using var scope = NewDisposeScope();
        var blocks = Cut(candidates, (int)Math.Clamp(mostScores / Blocks / targets.TargetCount, 1, candidates));
        Tensor? sums = null; // [targets]: log-sum-exp so far
        var own = zeros(targets.TargetCount, device: states.device);
        using (no_grad())
        {
            foreach (var (first, count) in blocks)
            {
                using var inner = NewDisposeScope();
                var logits = recommender.Logits(states, vectors.Slice(first, count), targets.Collaborative?.Slice(first, count, candidates));
                var (column, isHere) = Columns(targets.TargetSlots, first, count);
                own.add_(logits.gather(1, column).squeeze(1).mul_(isHere));
                var more = logits.logsumexp(1);
                var sum = (sums is null ? more : sums.logaddexp(more)).MoveToOuterDisposeScope();
                sums?.Dispose();
                sums = sum;
            }
        }

        foreach (var (first, count) in blocks) Differentiate((first, count), sums!.unsqueeze(1));
        return (sums! - own).mean().MoveToOuterDisposeScope();

        void Differentiate((int First, int Count) range, Tensor sum)
        {
            using var inner = NewDisposeScope();
            var leaves = vectors.Slice(range.First, range.Count).Map(t => t.detach().requires_grad_(t.requires_grad)); // a slice's own gradient is not as large as the whole's
            var logits = recommender.Logits(states, leaves, targets.Collaborative?.Slice(range.First, range.Count, candidates));
            if (!logits.requires_grad) return;
            double share = weight / targets.TargetCount;
            var (column, isHere) = Columns(targets.TargetSlots, range.First, range.Count);
            var gradient = (logits.detach() - sum).exp_().mul_(share).scatter_add_(1, column, isHere.unsqueeze(1) * -share);
            autograd.backward([logits], [gradient]);
            foreach (var (whole, part) in vectors.Tensors.Zip(leaves.Tensors))
            {
                if (part.grad is not { } gained) continue;
                whole.grad ??= zeros_like(whole);
                whole.grad.narrow(0, range.First, range.Count).add_(gained);
            }
        }
    }

    /// <summary>Ranges of about equal size; of whole strips of a product where they are that large, so that a score is rounded alike in each of them.</summary>
    internal static List<(int First, int Count)> Cut(int candidates, int most)
    {
        long blocks = (candidates + (long)most - 1) / most;
        int size = (int)((candidates + blocks - 1) / blocks);
        if (size > Strip) size = Math.Min((size + Strip - 1) / Strip * Strip, candidates);
        var ranges = new List<(int First, int Count)>();
        for (int first = 0; first < candidates; first += size) ranges.Add((first, Math.Min(size, candidates - first)));
        return ranges;
    }

    /// <summary>[targets, 1] int64: each target's column in a block, or any where it is in another; [targets]: 1 where it is here, else 0.</summary>
    private static (Tensor Column, Tensor IsHere) Columns(Tensor slots, int first, int count)
    {
        var column = slots - first;
        return (column.clamp(0, count - 1).unsqueeze(1), column.ge(0).logical_and(column.lt(count)).to(ScalarType.Float32));
    }
}
