using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Trainer.Evidence;

/// <summary>The distinct items of each user.</summary>
public sealed class UserItems
{
    private readonly int[][] _rows;

    private UserItems(int[][] rows) => _rows = rows;

    /// <summary>Rows of the user's items, ascending.</summary>
    public ReadOnlySpan<int> this[int user] => _rows[user];

    /// <summary>Items of the events that training may see.</summary>
    public static UserItems OfTraining(InteractionLog log, HeldOutSplit split)
    {
        var rows = new int[log.UserCount][];
        for (int user = 0; user < rows.Length; user++)
        {
            int first = log.FirstEvent(user);
            int end = split.TrainingEnd(user);
            rows[user] = end > first ? log.Items(first, end).ToArray().Distinct().Order().ToArray() : [];
        }

        return new UserItems(rows);
    }

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
