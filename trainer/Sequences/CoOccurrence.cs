namespace UniM2Rec.Trainer.Sequences;

/// <summary>
/// Which items the same users had: for items i ≠ j, C_ij = |users with both| · (|users of i| · |users of j|)^−power, over training events only.
/// Sparse by row; the columns are candidates.
/// </summary>
public sealed class CoOccurrence
{
    private readonly int[] _offsets;
    private readonly int[] _columns;
    private readonly float[] _values;

    private CoOccurrence(int[] offsets, int[] columns, float[] values, float[] scale, UserItems users)
    {
        (_offsets, _columns, _values) = (offsets, columns, values);
        Scale = scale;
        Users = users;
    }

    /// <summary>By row of the store: |users of i|^−power, 0 for items that training never saw.</summary>
    public float[] Scale { get; }

    /// <summary>The distinct items of each user in training.</summary>
    public UserItems Users { get; }

    /// <param name="log">The flow.</param>
    /// <param name="split">Tells what training may see.</param>
    /// <param name="itemCount">Rows of the feature store.</param>
    /// <param name="columnOfRow">By row: the candidate's column, or -1.</param>
    /// <param name="power">0 counts pairs; 0.5 is the cosine of the items' user sets.</param>
    public static CoOccurrence Count(InteractionLog log, HeldOutSplit split, int itemCount, int[] columnOfRow, double power)
    {
        var users = UserItems.OfTraining(log, split);
        var owners = users.Invert(itemCount);
        var scale = owners.Select(o => o.Count == 0 ? 0 : (float)Math.Pow(o.Count, -power)).ToArray();

        var offsets = new int[itemCount + 1];
        var columns = new List<int>();
        var values = new List<float>();
        var counts = new int[itemCount];
        var touched = new List<int>();
        for (int row = 0; row < itemCount; row++)
        {
            foreach (int user in owners[row])
            {
                foreach (int other in users[user])
                {
                    if (other == row || columnOfRow[other] < 0) continue;
                    if (counts[other]++ == 0) touched.Add(other);
                }
            }

            foreach (int other in touched)
            {
                columns.Add(columnOfRow[other]);
                values.Add(counts[other] * scale[row] * scale[other]);
                counts[other] = 0;
            }

            touched.Clear();
            offsets[row + 1] = columns.Count;
        }

        return new CoOccurrence(offsets, columns.ToArray(), values.ToArray(), scale, users);
    }

    /// <summary>Columns of the candidates that co-occur with the item in <paramref name="row"/>.</summary>
    public ReadOnlySpan<int> Columns(int row) => _columns.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>C for those columns.</summary>
    public ReadOnlySpan<float> Values(int row) => _values.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);
}
