using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Commands;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Session;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The users of one split, ranked for with one encoding of the items or another.</summary>
public sealed class SplitRanking
{
    private readonly RunSession _session;
    private readonly RunConfig _config;
    private readonly CommandContext _context;
    private readonly CollaborativeScorer? _collaborative;

    /// <param name="session">The model and its data.</param>
    /// <param name="config">How it is evaluated.</param>
    /// <param name="run">Where it comes from.</param>
    /// <param name="split">test or validation.</param>
    /// <param name="context">Progress and Ctrl-C.</param>
    /// <exception cref="UserErrorException">No user has a target in the split.</exception>
    public SplitRanking(RunSession session, RunConfig config, RunFolder run, string split, CommandContext context)
    {
        (_session, _config, _context, Split) = (session, config, context, split);
        var held = session.Data.Split;
        var planner = new ExamplePlanner(session.Data.Log, session.Data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix);
        Examples = planner.HeldOut(split == "test" ? held.TestOf : held.ValidationOf);
        if (Examples.Count == 0)
            throw new UserErrorException($"No user of the run {run.Path} has a {split} target; evaluate a run of finetune, or give --split validation.");
        _collaborative = session.Collaborative(config);
    }

    /// <summary>test or validation.</summary>
    public string Split { get; }

    /// <summary>One example a user.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>The rank of each example's target.</summary>
    /// <param name="catalogue">The items.</param>
    /// <param name="task">What progress says.</param>
    public double[] Ranks(EncodedCatalogue catalogue, string task)
    {
        var ranking = new FullRanking(
            _session.Data.Log, _session.Model, catalogue, _collaborative, _session.Device, _config.Evaluation.BatchUsers, _config.Evaluation.MaskHistory);
        using var progress = _context.Progress.Start(task, Examples.Count, "users");
        return ranking.Ranks(Examples, progress, _context.Cancellation);
    }

    /// <summary>The figures of <see cref="Ranks"/>.</summary>
    public IReadOnlyDictionary<string, double> Metrics(double[] ranks) => RankingMetrics.Compute(ranks, _config.Evaluation.CutOffs);
}

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
