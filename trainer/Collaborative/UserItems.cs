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

/// <summary>A matrix of [items, candidates] of which only what is not zero is held, row by row, and of each row no more than its largest values.</summary>
public sealed class SparseRows
{
    private readonly int[][] _columns;
    private readonly float[][] _values;

    private SparseRows(int[][] columns, float[][] values) => (_columns, _values) = (columns, values);

    /// <param name="title">What progress calls it.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="fill">Adds up one row: given its number and the empty sums of its columns.</param>
    /// <param name="most">Columns of a row at most, those of the largest values.</param>
    public static SparseRows Build(string title, int rows, int columns, WorkContext context, Action<int, CandidateSums> fill, int most = int.MaxValue)
    {
        using var task = context.Progress.Start(title, rows, "items");
        int[][] kept = new int[rows][];
        float[][] values = new float[rows][];
        var sums = new CandidateSums(columns);
        for (int row = 0; row < rows; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            fill(row, sums);
            kept[row] = [.. sums.Touched];
            values[row] = Array.ConvertAll(kept[row], column => sums[column]);
            if (kept[row].Length > most)
            {
                Array.Sort(Array.ConvertAll(values[row], v => -v), kept[row]);
                kept[row] = kept[row][..most];
                values[row] = Array.ConvertAll(kept[row], column => sums[column]);
            }

            sums.Clear();
            task.Advance();
        }

        return new SparseRows(kept, values);
    }

    /// <summary>Marks every column that some row holds.</summary>
    public void MarkColumns(bool[] isHeld)
    {
        foreach (int[] row in _columns)
        {
            foreach (int column in row) isHeld[column] = true;
        }
    }

    /// <summary>The columns of <paramref name="row"/> that are held, each once.</summary>
    public ReadOnlySpan<int> Columns(int row) => _columns[row];

    /// <summary>What stands in those columns.</summary>
    public ReadOnlySpan<float> Values(int row) => _values[row];
}
