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
    private readonly InteractionLog _log;
    private readonly int[] _columnOfRow;
    private readonly bool _apart;

    private ItemTransitions(InteractionLog log, UserItems users, (int[] OfRow, int Count) columns, double decay, bool apart, WorkContext context)
        : base(users, columns.OfRow, new ItemSizes(users.Invert(columns.OfRow.Length).Select(o => o.Count), Power), decay, LeastWeight)
    {
        var owners = users.Invert(columns.OfRow.Length);
        (_log, _columnOfRow, _apart) = (log, columns.OfRow, apart);
        Rows = SparseRows.Build("Counting what follows what", columns.OfRow.Length, columns.Count, context, (row, sums) =>
        {
            foreach (int user in owners[row])
            {
                var events = TrainingEvents(user);
                for (int e = 0; e < events.Length; e++)
                {
                    if (events[e] == row) AddFollowers(sums, events, e, 1);
                }
            }
        });
    }

    internal override SparseRows Rows { get; }

    /// <param name="log">What training sees.</param>
    /// <param name="users">The distinct items of each user in training.</param>
    /// <param name="columns">By row of the store the candidate's column, or -1; and their number.</param>
    /// <param name="decay">How much an event weighs less than the next newer one, in S and in the history that is asked with.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="apart">Whether only events of candidates count as in between, so that those of other domains make nothing older.</param>
    public static ItemTransitions Count(InteractionLog log, UserItems users, (int[] OfRow, int Count) columns, double decay, WorkContext context, bool apart = false) =>
        new(log, users, columns, decay, apart, context);

    private protected override void TakeOut(CandidateSums sums, ReadOnlySpan<int> newest, int user)
    {
        var events = TrainingEvents(user);
        for (int e = 0; e < events.Length; e++)
        {
            double asked = 0, weight = 1;
            for (int i = newest.Length - 1; i >= 0; i--, weight *= Decay)
            {
                if (newest[i] == events[e]) asked += weight;
            }

            if (asked > 0) AddFollowers(sums, events, e, -asked);
        }
    }

    /// <summary>Adds the part of S that one event makes, <paramref name="times"/> over.</summary>
    private void AddFollowers(CandidateSums sums, ReadOnlySpan<int> events, int e, double times)
    {
        double weight = times * Sizes.Scale(events[e]);
        for (int later = e + 1, between = 0; later < events.Length && between < Reach; later++)
        {
            if (_apart && _columnOfRow[events[later]] < 0) continue;
            between++;
            if (events[later] != events[e] && _columnOfRow[events[later]] is >= 0 and var column)
                sums.Add(column, (float)(weight * Sizes.Scale(events[later])));
            weight *= Decay;
        }
    }

    private ReadOnlySpan<int> TrainingEvents(int user) => _log.Items(_log.FirstEvent(user), _log.EndEvent(user));
}
