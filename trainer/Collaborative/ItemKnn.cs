namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// Which items the same users had: for items i ≠ j, C_ij = |users with both| · (|users of i| · |users of j|)^−power, over training events only.
/// </summary>
public sealed class ItemKnn : ItemRelation
{
    private const double LeastWeight = 1e-3;

    private ItemKnn(SparseRows rows, double decay)
        : base(decay, LeastWeight) => Rows = rows;

    internal override SparseRows Rows { get; }

    /// <param name="users">The distinct items of each user in training.</param>
    /// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
    /// <param name="candidates">Number of columns.</param>
    /// <param name="power">0 counts pairs; 0.5 is the cosine of the items' user sets.</param>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="neighbours">Candidates at most that an item is related to.</param>
    public static ItemKnn Count(
        UserItems users, int[] columnOfRow, int candidates, double power, double decay, WorkContext context, int neighbours = int.MaxValue)
    {
        var owners = users.Invert(columnOfRow.Length);
        var sizes = new ItemSizes(owners.Select(o => o.Count), power);
        var rows = SparseRows.Build("Counting what goes together", columnOfRow.Length, candidates, context, (row, sums) =>
        {
            foreach (int user in owners[row])
            {
                foreach (int other in users[user])
                {
                    if (other != row && columnOfRow[other] is >= 0 and var column) sums.Add(column, sizes.Scale(row) * sizes.Scale(other));
                }
            }
        }, neighbours);
        return new ItemKnn(rows, decay);
    }
}

/// <summary>
/// Which candidates go with which items, as the users' training events tell: R_ij = N_ij · (|users of i| · |users of j|)^−power, where N counts
/// events. A history relates to a candidate j with Σ decay^age · R_ij over its items i.
/// </summary>
public abstract class ItemRelation
{
    /// <summary>Above that, a decay near 1 would make each target a walk through the whole history.</summary>
    private const int LongestReach = 50;

    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    /// <param name="leastWeight">Events that weigh less than this count no more.</param>
    private protected ItemRelation(double decay, double leastWeight)
    {
        Decay = decay;
        Reach = ReachOf(decay, leastWeight);
    }

    /// <summary>How many of a history's newest events weigh enough to be counted.</summary>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    /// <param name="leastWeight">Events that weigh less than this count no more.</param>
    internal static int ReachOf(double decay, double leastWeight) =>
        decay <= 0 ? 1 : decay >= 1 ? LongestReach : (int)Math.Clamp(Math.Ceiling(Math.Log(leastWeight) / Math.Log(decay)), 1, LongestReach);

    /// <summary>How much an event weighs less than the next newer one.</summary>
    internal double Decay { get; }

    /// <summary>How many events back the weights are worth counting.</summary>
    internal int Reach { get; }

    /// <summary>R, a row an item of the store, a column a candidate.</summary>
    internal abstract SparseRows Rows { get; }

    /// <summary>Adds a history's relation to each candidate.</summary>
    /// <param name="history">Rows of the history's items, oldest first.</param>
    /// <param name="sums">By candidate; empty before.</param>
    public void AddTo(CandidateSums sums, ReadOnlySpan<int> history)
    {
        var newest = history[Math.Max(0, history.Length - Reach)..];
        double weight = 1;
        for (int i = newest.Length - 1; i >= 0; i--, weight *= Decay)
        {
            var columns = Rows.Columns(newest[i]);
            var values = Rows.Values(newest[i]);
            for (int c = 0; c < columns.Length; c++) sums.Add(columns[c], (float)weight * values[c]);
        }
    }
}

/// <summary>What relations between items are divided by: a power of how many users have the item in training.</summary>
public sealed class ItemSizes
{
    private readonly float[] _scale;

    /// <param name="owners">By row of the store: how many users have the item.</param>
    /// <param name="power">0 divides by nothing; 0.5 of both items makes a cosine of the items' user sets.</param>
    public ItemSizes(IEnumerable<int> owners, double power)
    {
        int[] counts = owners.ToArray();
        _scale = Array.ConvertAll(counts, n => n == 0 ? 0 : (float)Math.Pow(n, -power));
    }

    /// <summary>(users of the item)^−power, 0 for items that training never saw.</summary>
    public float Scale(int row) => _scale[row];
}
