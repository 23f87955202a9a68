using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The baseline without a user: candidates by how often training saw them; those that it saw equally often are tied.</summary>
public sealed class Popularity
{
    private readonly Rank[] _rankOfRow;

    /// <param name="training">What training saw.</param>
    /// <param name="candidates">Rows that are ranked.</param>
    /// <param name="itemCount">Rows of the store.</param>
    public Popularity(InteractionLog training, int[] candidates, int itemCount)
    {
        Frequency = training.CountItems(itemCount);

        _rankOfRow = new Rank[itemCount];
        int above = 0;
        foreach (var tied in candidates.GroupBy(r => Frequency[r]).OrderByDescending(g => g.Key))
        {
            foreach (int row in tied) _rankOfRow[row] = new Rank(above, tied.Count() - 1);
            above += tied.Count();
        }
    }

    /// <summary>By row: events of training with the item.</summary>
    public int[] Frequency { get; }

    /// <summary>The rank of each example's target.</summary>
    public Rank[] Ranks(IReadOnlyList<Example> examples) => examples.Select(w => _rankOfRow[w.LastTargetItem]).ToArray();
}
