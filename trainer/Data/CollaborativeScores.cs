using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>What a history says about single candidates, beside the state that the network makes of it.</summary>
/// <param name="Seen">Flat positions (target · candidates + candidate) of candidates that the history already holds; each once.</param>
/// <param name="Related">How often others had the candidate together with the history's newest items; null without.</param>
/// <param name="Followed">How often the candidate came after them in others' histories; null without.</param>
/// <param name="Predicted">[targets, columns]: what the regression on the history predicts, 0 or more, of the candidates that it knows; null without one.</param>
public sealed record CollaborativeScores(Tensor Seen, SparseScores? Related = null, SparseScores? Followed = null, Tensor? Predicted = null)
{
    /// <summary>[targets, candidates]: how near the candidate is to the history by its features, 0 or more; null without.</summary>
    public Tensor? Content { get; init; }

    /// <summary>[targets, candidates]: the network's scores by the history's events of predicted domains alone; null where these are not read apart.</summary>
    public Tensor? Own { get; init; }

    /// <summary>Candidates that <see cref="Predicted"/> knows, ascending; null for all of them.</summary>
    public int[]? PredictedColumns { get; init; }

    /// <summary>[some] int64: candidates that no strength but that of the content can ever reach, as no history of training holds them; null for none.</summary>
    public Tensor? Unknown { get; init; }

    /// <summary>The same as Related of the history's events in other domains than the candidates', where these count apart.</summary>
    public SparseScores? RelatedElsewhere { get; init; }

    /// <summary>The same as Followed of those events.</summary>
    public SparseScores? FollowedElsewhere { get; init; }

    /// <summary>The same about some of the candidates; the tensors are the caller's scope's.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="candidates">Of how many.</param>
    public CollaborativeScores Slice(int first, int count, int candidates)
    {
        if (first == 0 && count == candidates) return this;
        var unknown = Unknown is null ? null : Unknown.masked_select(Unknown.ge(first).logical_and(Unknown.lt(first + count))) - first;
        int[]? known = PredictedColumns;
        var (start, end) = known is null ? (first, first + count) : (Place(known, first), Place(known, first + count));
        return new CollaborativeScores(SparseScores.Within(Seen, first, count, candidates).Positions, Cut(Related), Cut(Followed), Predicted?.narrow(1, start, end - start))
        {
            PredictedColumns = known is null ? null : Array.ConvertAll(known[start..end], column => column - first),
            Content = Content?.narrow(1, first, count),
            Own = Own?.narrow(1, first, count),
            Unknown = unknown,
            RelatedElsewhere = Cut(RelatedElsewhere),
            FollowedElsewhere = Cut(FollowedElsewhere),
        };

        SparseScores? Cut(SparseScores? scores)
        {
            if (scores is null) return null;
            var (positions, kept) = SparseScores.Within(scores.Positions, first, count, candidates);
            return new SparseScores(positions, scores.Values.index_select(0, kept));
        }

        static int Place(int[] ascending, int value) => Array.BinarySearch(ascending, value) is >= 0 and var found ? found : ~Array.BinarySearch(ascending, value);
    }
}

/// <summary>A matrix of [targets, candidates] of which only what is not zero is held.</summary>
/// <param name="Positions">[entries] int64: flat positions (target · candidates + candidate), each once.</param>
/// <param name="Values">[entries]: what stands there, above 0.</param>
public sealed record SparseScores(Tensor Positions, Tensor Values)
{
    /// <summary>Those of some positions that fall into a range of the candidates, as positions among these alone; and which of the positions they are.</summary>
    internal static (Tensor Positions, Tensor Kept) Within(Tensor positions, int first, int count, int candidates)
    {
        var column = positions.remainder(candidates) - first;
        var kept = HostDevice.WhereTrue(column.ge(0).logical_and(column.lt(count)));
        var target = positions.index_select(0, kept).div(candidates, RoundingMode.floor);
        return ((target * count) + column.index_select(0, kept), kept);
    }
}

/// <summary>Which of a batch's candidates a history holds already.</summary>
public static class SeenCandidates
{
    /// <param name="examples">Histories with their targets.</param>
    /// <param name="slotOf">From an item's row to its slot, -1 for none; the first slots are the candidates.</param>
    /// <param name="candidates">Number of candidates.</param>
    /// <param name="device">Where the tensor goes.</param>
    public static CollaborativeScores Of(IReadOnlyList<Example> examples, Func<int, int> slotOf, int candidates, Device device)
    {
        var seen = new List<long>();
        var marked = new HashSet<int>();
        long target = 0;
        foreach (var example in examples)
        {
            marked.Clear();
            int next = example.Log.FirstEvent(example.User);
            foreach (var (state, _) in example.Targets)
            {
                // Targets stand by time: each sees what the one before it saw.
                for (; next <= state; next++)
                {
                    if (slotOf(example.Log.ItemOf(next)) is >= 0 and var slot && slot < candidates) marked.Add(slot);
                }

                foreach (int slot in marked) seen.Add((target * candidates) + slot);
                target++;
            }
        }

        return new CollaborativeScores(HostDevice.Send(seen.ToArray(), device));
    }
}
