namespace UniM2Rec.Trainer.Sequences;

/// <summary>
/// Which candidates go with which items, as the users' training events tell. A history relates to a candidate j with Σ decay^age · R_ij over its
/// items i; for a target of training, with the R that the other users alone would give, as the own events hold the target itself.
/// </summary>
/// <param name="decay">How much an event weighs less than the next newer one.</param>
/// <param name="leastWeight">Events that weigh less than this count no more.</param>
public abstract class ItemRelation(double decay, double leastWeight)
{
    /// <summary>Above that, a decay near 1 would make each target a walk through the whole history.</summary>
    private const int LongestReach = 50;

    /// <summary>How much an event weighs less than the next newer one.</summary>
    protected double Decay => decay;

    /// <summary>How many events back the weights are worth counting.</summary>
    protected int Reach { get; } = decay <= 0 ? 1 : decay >= 1 ? LongestReach : (int)Math.Clamp(Math.Ceiling(Math.Log(leastWeight) / Math.Log(decay)), 1, LongestReach);

    /// <summary>R, a row an item of the store, a column a candidate.</summary>
    protected abstract SparseRows Rows { get; }

    /// <summary>Adds a history's relation to each candidate.</summary>
    /// <param name="history">Rows of the history's items, oldest first.</param>
    /// <param name="leftOut">The user whose own events are not to count, or null.</param>
    /// <param name="sums">By candidate.</param>
    public void AddTo(CandidateSums sums, ReadOnlySpan<int> history, int? leftOut)
    {
        var newest = history[Math.Max(0, history.Length - Reach)..];
        double weight = 1;
        for (int i = newest.Length - 1; i >= 0; i--, weight *= decay)
        {
            var columns = Rows.Columns(newest[i]);
            var values = Rows.Values(newest[i]);
            for (int c = 0; c < columns.Length; c++) sums.Add(columns[c], (float)weight * values[c]);
        }

        if (leftOut is { } user) TakeOut(sums, newest, user);
    }

    /// <summary>Subtracts what <paramref name="user"/>'s own events added to R, weighted likewise.</summary>
    protected abstract void TakeOut(CandidateSums sums, ReadOnlySpan<int> newest, int user);
}
