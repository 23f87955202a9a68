namespace UniM2Rec.Trainer.Evidence;

/// <summary>
/// Which items the same users had: for items i ≠ j, C_ij = |users with both| · (|users of i| · |users of j|)^−power, over training events only.
/// </summary>
public sealed class CoOccurrence : ItemRelation
{
    private const double LeastWeight = 1e-3;
    private readonly int[] _columnOfRow;
    private readonly UserItems _users;

    private CoOccurrence(SparseRows rows, UserItems users, int[] columnOfRow, ItemSizes sizes, double decay)
        : base(users, columnOfRow, sizes, decay, LeastWeight) =>
        (Rows, _columnOfRow, _users) = (rows, columnOfRow, users);

    private protected override SparseRows Rows { get; }

    /// <param name="users">The distinct items of each user in training.</param>
    /// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
    /// <param name="candidates">Number of columns.</param>
    /// <param name="power">0 counts pairs; 0.5 is the cosine of the items' user sets.</param>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    public static CoOccurrence Count(UserItems users, int[] columnOfRow, int candidates, double power, double decay)
    {
        var owners = users.Invert(columnOfRow.Length);
        var sizes = new ItemSizes(owners.Select(o => o.Count), power);
        var rows = SparseRows.Build(columnOfRow.Length, candidates, (row, sums) =>
        {
            foreach (int user in owners[row])
            {
                foreach (int other in users[user])
                {
                    if (other != row && columnOfRow[other] is >= 0 and var column) sums.Add(column, sizes.Scale(row) * sizes.Scale(other));
                }
            }
        });
        return new CoOccurrence(rows, users, columnOfRow, sizes, decay);
    }

    /// <summary>The user counted once in each C of two of the own items.</summary>
    private protected override void TakeOut(CandidateSums sums, ReadOnlySpan<int> newest, int user)
    {
        double total = 0, weight = 1;
        for (int i = newest.Length - 1; i >= 0; i--, weight *= Decay) total += weight * Sizes.Scale(newest[i]);
        foreach (int row in _users[user])
        {
            if (_columnOfRow[row] is not (>= 0 and var column)) continue;
            double own = 0;
            weight = 1;
            for (int i = newest.Length - 1; i >= 0; i--, weight *= Decay)
            {
                if (newest[i] == row) own += weight * Sizes.Scale(row);
            }

            sums.Add(column, (float)(-(total - own) * Sizes.Scale(row)));
        }
    }
}
