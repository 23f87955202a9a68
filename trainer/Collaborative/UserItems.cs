using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>The distinct items of each user.</summary>
public sealed class UserItems
{
    private readonly int[][] _rows;

    private UserItems(int[][] rows) => _rows = rows;

    /// <summary>Rows of the user's items, ascending.</summary>
    public ReadOnlySpan<int> this[int user] => _rows[user];

    /// <summary>Items of a log's events.</summary>
    public static UserItems Of(InteractionLog log)
    {
        int[][] rows = new int[log.UserCount][];
        for (int user = 0; user < rows.Length; user++)
        {
            rows[user] = log.Items(log.FirstEvent(user), log.EndEvent(user)).ToArray().Distinct().Order().ToArray();
        }

        return new UserItems(rows);
    }

    /// <summary>Only those items of each user that a condition holds for.</summary>
    public UserItems Only(Func<int, bool> condition) => new(Array.ConvertAll(_rows, rows => rows.Where(condition).ToArray()));

    /// <summary>By item: the users that have it.</summary>
    public List<int>[] Invert(int itemCount)
    {
        var owners = Enumerable.Range(0, itemCount).Select(_ => new List<int>()).ToArray();
        for (int user = 0; user < _rows.Length; user++)
        {
            foreach (int row in _rows[user]) owners[row].Add(user);
        }

        return owners;
    }
}

/// <summary>A matrix of [items, candidates] of which only what is not zero is held, row after row.</summary>
public sealed class SparseRows
{
    private readonly int[] _offsets;
    private readonly int[] _columns;
    private readonly float[] _values;

    private SparseRows(int[] offsets, int[] columns, float[] values) => (_offsets, _columns, _values) = (offsets, columns, values);

    /// <param name="title">What progress calls it.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="fill">Adds up one row: given its number and the empty sums of its columns.</param>
    public static SparseRows Build(string title, int rows, int columns, WorkContext context, Action<int, CandidateSums> fill)
    {
        using var task = context.Progress.Start(title, rows, "items");
        int[] offsets = new int[rows + 1];
        var kept = new List<int>();
        var values = new List<float>();
        var sums = new CandidateSums(columns);
        for (int row = 0; row < rows; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            fill(row, sums);
            foreach (int column in sums.Touched)
            {
                kept.Add(column);
                values.Add(sums[column]);
            }

            sums.Clear();
            offsets[row + 1] = kept.Count;
            task.Advance();
        }

        return new SparseRows(offsets, kept.ToArray(), values.ToArray());
    }

    /// <summary>Marks every column that some row holds.</summary>
    public void MarkColumns(bool[] isHeld)
    {
        foreach (int column in _columns) isHeld[column] = true;
    }

    /// <summary>The columns of <paramref name="row"/> that are held, each once.</summary>
    public ReadOnlySpan<int> Columns(int row) => _columns.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>What stands in those columns.</summary>
    public ReadOnlySpan<float> Values(int row) => _values.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);
}
