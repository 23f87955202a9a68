using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The baseline without a user: candidates by how often training saw them; those that it saw equally often share the middle of their ranks.</summary>
public sealed class Popularity
{
    private readonly double[] _rankOfRow;

    /// <param name="log">The flow.</param>
    /// <param name="split">Tells what training saw.</param>
    /// <param name="candidates">Rows that are ranked.</param>
    /// <param name="itemCount">Rows of the store.</param>
    public Popularity(InteractionLog log, HeldOutSplit split, int[] candidates, int itemCount)
    {
        Frequency = new int[itemCount];
        for (int user = 0; user < log.UserCount; user++)
        {
            foreach (int row in log.Items(log.FirstEvent(user), split.TrainingEnd(user))) Frequency[row]++;
        }

        _rankOfRow = new double[itemCount];
        int above = 0;
        foreach (var tied in candidates.GroupBy(r => Frequency[r]).OrderByDescending(g => g.Key))
        {
            foreach (int row in tied) _rankOfRow[row] = above + ((tied.Count() + 1) / 2.0);
            above += tied.Count();
        }
    }

    /// <summary>By row: events of training with the item.</summary>
    public int[] Frequency { get; }

    /// <summary>The rank of each example's target.</summary>
    public double[] Ranks(IReadOnlyList<Example> examples, InteractionLog log) =>
        examples.Select(w => _rankOfRow[log.ItemOf(w.Targets[^1].Target)]).ToArray();
}
