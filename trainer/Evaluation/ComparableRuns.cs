namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Evaluations that may stand beside each other: of one split, with the history masked in all or in none, ranking the same candidates for the same
/// targets. Runs that rank for some users more than others (whose history is in another flow) are compared on the users that all of them have.
/// </summary>
public sealed class ComparableRuns
{
    private readonly IReadOnlyList<ILookup<string, TargetRank>> _ranks;
    private readonly int[] _cutOffs;

    private ComparableRuns(IReadOnlyList<EvaluationReport> reports, IReadOnlyList<ILookup<string, TargetRank>> ranks)
    {
        (Reports, _ranks) = (reports, ranks);
        Users = ranks[0].Select(user => user.Key).Where(user => ranks.All(r => r.Contains(user))).Order(StringComparer.Ordinal).ToList();
        _cutOffs = reports[0].Metrics.Keys.Select(name => RankingMetrics.CutOff(name)!.Value).Distinct().ToArray();
    }

    /// <summary>The evaluations, in the order in which the runs were named.</summary>
    public IReadOnlyList<EvaluationReport> Reports { get; }

    /// <summary>The users that all of them have.</summary>
    public IReadOnlyList<string> Users { get; }

    /// <summary>Users that one of them has and another lacks.</summary>
    public int LeftOut => _ranks.SelectMany(r => r.Select(user => user.Key)).Distinct().Count() - Users.Count;

    /// <summary>Refuses figures that can't stand beside each other.</summary>
    /// <param name="runs">Name and figures of each.</param>
    /// <exception cref="UserErrorException">Two were not made alike.</exception>
    public static void RequireAlike(IReadOnlyList<(string Name, EvaluationReport Report)> runs)
    {
        foreach (var (name, report) in runs.Skip(1))
        {
            if (Difference(runs[0].Report, report) is { } difference)
                throw new UserErrorException($"The runs {runs[0].Name} and {name} can't be compared, as {difference}; evaluate both in the same way, on the same catalogue, and compare again.");
        }
    }

    /// <summary>Opens the evaluations of some runs.</summary>
    /// <param name="runs">The files of each.</param>
    /// <exception cref="UserErrorException">One is missing or can't be read, or they can't be compared.</exception>
    public static ComparableRuns Open(IReadOnlyList<EvaluationFiles> runs)
    {
        var reports = runs.Select(r => EvaluationReport.Load(r.Evaluation, r.Command)).ToList();
        RequireAlike([.. runs.Zip(reports, (files, report) => (files.Name, report))]);
        var comparable = new ComparableRuns(reports, runs.Zip(reports, (files, report) => RanksOf(files, report).ToLookup(rank => rank.User)).ToList());
        if (comparable.Users.Count == 0)
            throw new UserErrorException($"The runs {string.Join(", ", runs.Select(r => r.Name))} were evaluated on no user in common; compare runs of the same target domain and catalogue.");
        comparable.RequireSameTargets(runs);
        return comparable;
    }

    /// <summary>The figures of a run on <see cref="Users"/>.</summary>
    public IReadOnlyDictionary<string, double> Metrics(int run) => RankingMetrics.Compute([.. Users.SelectMany(user => _ranks[run][user]).Select(target => target.Rank)], _cutOffs);

    /// <summary>Each user's figure in a run, the mean over the user's targets.</summary>
    /// <param name="run">Which run.</param>
    /// <param name="metric">The metric.</param>
    public double[] Values(int run, string metric) => [.. Users.Select(user => _ranks[run][user].Average(target => RankingMetrics.Of(target.Rank, metric)))];

    private static IReadOnlyList<TargetRank> RanksOf(EvaluationFiles files, EvaluationReport report)
    {
        var own = RankFile.Load(files, report);
        return files.Baseline is null ? own : BaselineRanks.Load(files, report, own);
    }

    private void RequireSameTargets(IReadOnlyList<EvaluationFiles> runs)
    {
        for (int i = 1; i < runs.Count; i++)
        {
            string? other = Users.FirstOrDefault(user => Target(i, user) != Target(0, user));
            if (other is not null)
                throw new UserErrorException($"The runs {runs[0].Name} and {runs[i].Name} can't be compared, as they test different items ({Target(0, other)} and {Target(i, other)} for user '{other}'); evaluate both on the same interactions.");
        }

        string Target(int run, string user) => string.Join(", ", _ranks[run][user].Select(target => $"{target.Domain}: {target.ItemId}"));
    }

    /// <summary>Why two evaluations can't stand beside each other, or null where they can.</summary>
    public static string? Difference(EvaluationReport first, EvaluationReport other)
    {
        if (first.Split != other.Split) return $"one is of the {first.Split} split and the other of the {other.Split} split";
        if (first.Candidates is null || other.Candidates is null) return "one is from before evaluations told which items they ranked";
        if (first.MaskHistory != other.MaskHistory) return "one leaves the users' own history out of the ranking and the other does not";
        if (first.Candidates != other.Candidates) return $"they rank different items ({first.Items:N0} and {other.Items:N0})";
        return null;
    }
}

/// <summary>Where an evaluation is kept.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Evaluation">The figures.</param>
/// <param name="Ranks">The rank of each user's target.</param>
/// <param name="Baselines">The same of each baseline.</param>
/// <param name="Command">What makes them.</param>
public sealed record EvaluationFiles(string Name, string Evaluation, string Ranks, string Baselines, string Command)
{
    /// <summary>The baseline that is meant instead of the run, as <see cref="BaselineRanks.KeyOf"/> calls it; null for the run.</summary>
    public string? Baseline { get; init; }
}
