namespace UniM2Rec.Trainer.Evidence;

/// <summary>
/// Which candidates go with which items, as the users' training events tell: R_ij = N_ij · (|users of i| · |users of j|)^−power, where N counts
/// events. A history relates to a candidate j with Σ decay^age · R_ij over its items i.
/// </summary>
/// <remarks>
/// A target of training is one of the user's own items and a target of a test is not. In training R is therefore taken as if the user had none of
/// the candidates, in N and in |users of j|: otherwise N would give the target away, and the size would make it look less related than in use.
/// </remarks>
public abstract class ItemRelation
{
    /// <summary>Above that, a decay near 1 would make each target a walk through the whole history.</summary>
    private const int LongestReach = 50;
    private readonly UserItems _users;
    private readonly int[] _columnOfRow;

    /// <param name="users">The distinct items of each user in training.</param>
    /// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
    /// <param name="sizes">Of all items.</param>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    /// <param name="leastWeight">Events that weigh less than this count no more.</param>
    private protected ItemRelation(UserItems users, int[] columnOfRow, ItemSizes sizes, double decay, double leastWeight)
    {
        (_users, _columnOfRow, Sizes, Decay) = (users, columnOfRow, sizes, decay);
        Reach = decay <= 0 ? 1 : decay >= 1 ? LongestReach : (int)Math.Clamp(Math.Ceiling(Math.Log(leastWeight) / Math.Log(decay)), 1, LongestReach);
    }

    private protected ItemSizes Sizes { get; }

    /// <summary>How much an event weighs less than the next newer one.</summary>
    private protected double Decay { get; }

    /// <summary>How many events back the weights are worth counting.</summary>
    private protected int Reach { get; }

    /// <summary>R, a row an item of the store, a column a candidate.</summary>
    private protected abstract SparseRows Rows { get; }

    /// <summary>Adds a history's relation to each candidate.</summary>
    /// <param name="history">Rows of the history's items, oldest first.</param>
    /// <param name="leftOut">The user whose own events are not to count, for a target of training, or null.</param>
    /// <param name="sums">By candidate; empty before.</param>
    public void AddTo(CandidateSums sums, ReadOnlySpan<int> history, int? leftOut)
    {
        var newest = history[Math.Max(0, history.Length - Reach)..];
        double weight = 1;
        for (int i = newest.Length - 1; i >= 0; i--, weight *= Decay)
        {
            var columns = Rows.Columns(newest[i]);
            var values = Rows.Values(newest[i]);
            for (int c = 0; c < columns.Length; c++) sums.Add(columns[c], (float)weight * values[c]);
        }

        if (leftOut is not { } user) return;
        TakeOut(sums, newest, user);
        foreach (int row in _users[user])
        {
            if (_columnOfRow[row] is >= 0 and var column) sums.Scale(column, Sizes.WithoutOne(row));
        }
    }

    /// <summary>Subtracts what <paramref name="user"/>'s own events added to R, weighted likewise.</summary>
    private protected abstract void TakeOut(CandidateSums sums, ReadOnlySpan<int> newest, int user);
}
