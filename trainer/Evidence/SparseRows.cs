namespace UniM2Rec.Trainer.Evidence;

/// <summary>A matrix of [items, candidates] of which only what is not zero is held, row after row.</summary>
public sealed class SparseRows
{
    private readonly int[] _offsets;
    private readonly int[] _columns;
    private readonly float[] _values;

    private SparseRows(int[] offsets, int[] columns, float[] values) => (_offsets, _columns, _values) = (offsets, columns, values);

    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="fill">Adds up one row: given its number and the empty sums of its columns.</param>
    public static SparseRows Build(int rows, int columns, Action<int, CandidateSums> fill)
    {
        var offsets = new int[rows + 1];
        var kept = new List<int>();
        var values = new List<float>();
        var sums = new CandidateSums(columns);
        for (int row = 0; row < rows; row++)
        {
            fill(row, sums);
            foreach (int column in sums.Touched)
            {
                kept.Add(column);
                values.Add(sums[column]);
            }

            sums.Clear();
            offsets[row + 1] = kept.Count;
        }

        return new SparseRows(offsets, kept.ToArray(), values.ToArray());
    }

    /// <summary>The columns of <paramref name="row"/> that are held, each once.</summary>
    public ReadOnlySpan<int> Columns(int row) => _columns.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>What stands in those columns.</summary>
    public ReadOnlySpan<float> Values(int row) => _values.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);
}
