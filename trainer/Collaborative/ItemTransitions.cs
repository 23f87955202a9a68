using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// Which items came after which: for items i ≠ j, S_ij = Σ decay^(events in between) · (|users of i| · |users of j|)^−½ over all pairs of a user's
/// training events where j is later than i. Unlike co-occurrence it knows the order and how near two events were.
/// </summary>
public sealed class ItemTransitions : ItemRelation
{
    private const double LeastWeight = 1e-2;
    private const double Power = 0.5;

    private ItemTransitions(InteractionLog log, UserItems users, (int[] OfRow, int Count) columns, double decay, (bool Apart, int Neighbours) how, WorkContext context)
        : base(decay, LeastWeight)
    {
        var owners = users.Invert(columns.OfRow.Length);
        var sizes = new ItemSizes(owners.Select(o => o.Count), Power);
        Rows = SparseRows.Build("Counting what follows what", columns.OfRow.Length, columns.Count, context, (row, sums) =>
        {
            foreach (int user in owners[row])
            {
                var events = log.Items(log.FirstEvent(user), log.EndEvent(user));
                for (int e = 0; e < events.Length; e++)
                {
                    if (events[e] == row) AddFollowers(sums, events, e);
                }
            }
        }, how.Neighbours);

        void AddFollowers(CandidateSums sums, ReadOnlySpan<int> events, int e)
        {
            double weight = sizes.Scale(events[e]);
            for (int later = e + 1, between = 0; later < events.Length && between < Reach; later++)
            {
                if (how.Apart && columns.OfRow[events[later]] < 0) continue;
                between++;
                if (events[later] != events[e] && columns.OfRow[events[later]] is >= 0 and var column)
                    sums.Add(column, (float)(weight * sizes.Scale(events[later])));
                weight *= Decay;
            }
        }
    }

    internal override SparseRows Rows { get; }

    /// <param name="log">What training sees.</param>
    /// <param name="users">The distinct items of each user in training.</param>
    /// <param name="columns">By row of the store the candidate's column, or -1; and their number.</param>
    /// <param name="decay">How much an event weighs less than the next newer one, in S and in the history that is asked with.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="apart">Whether only events of candidates count as in between, so that those of other domains make nothing older.</param>
    /// <param name="neighbours">Candidates at most that an item is related to.</param>
    public static ItemTransitions Count(
        InteractionLog log, UserItems users, (int[] OfRow, int Count) columns, double decay, WorkContext context, bool apart = false, int neighbours = int.MaxValue) =>
        new(log, users, columns, decay, (apart, neighbours), context);
}
