using System.Text.Json;
using System.Text.Json.Serialization;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The figures of one evaluation, as written to <c>evaluation-test.json</c> and its siblings.</summary>
/// <param name="Split">test or validation.</param>
/// <param name="Users">Users ranked for.</param>
/// <param name="Items">Candidates of each ranking.</param>
/// <param name="Metrics">recall@K, ndcg@K and mrr@K of the model.</param>
/// <param name="Baselines">The same of each baseline.</param>
/// <param name="Slices">The same of the model on parts of the users, by the slice's name, with how many users it has.</param>
/// <param name="MaskHistory">Whether the users' own history was taken out of the rankings.</param>
/// <param name="Candidates">Tells which items were ranked, in whatever order; null in files from before it was kept.</param>
/// <param name="Targets">Targets ranked: with a given split a user may have several; 0 in files from before it was kept, when there was one each.</param>
public sealed record EvaluationReport(
    string Split,
    int Users,
    int Items,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines,
    IReadOnlyDictionary<string, EvaluationSlice> Slices,
    bool MaskHistory = false,
    string? Candidates = null,
    int Targets = 0)
{
    /// <summary>For how many it is, in words.</summary>
    public string Describe() => Targets > Users ? $"{Targets:N0} targets of {Users:N0} users" : $"{Users:N0} users";

    /// <summary>How it was made; null in files from before it was kept.</summary>
    public EvaluationMaking? Made { get; init; }

    /// <summary>Where each metric of the model lies with 95% confidence; null in files from before it was kept.</summary>
    public IReadOnlyDictionary<string, Interval>? Intervals { get; init; }

    /// <summary>The same of each baseline.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, Interval>>? BaselineIntervals { get; init; }

    /// <summary>What the lists of the model are like; null in files from before it was kept.</summary>
    public ListFigures? Lists { get; init; }

    /// <summary>SHA-256 of the ranks that the figures are of; null in files from before it was kept.</summary>
    public string? Ranks { get; init; }

    /// <summary>The domains that were ranked, where they are not the run's own targets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Domains { get; init; }

    /// <summary>Writes the file.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, KeptJson.SerializeWithChecksum(this));

    /// <param name="path">The file.</param>
    /// <param name="command">What makes it.</param>
    /// <exception cref="UserErrorException">The file is missing or no evaluation.</exception>
    public static EvaluationReport Load(string path, string command)
    {
        if (FileKinds.Of(path) == FileKind.Missing) throw new UserErrorException($"The evaluation {path} does not exist; run {command} first.");
        try
        {
            var report = KeptJson.Read<EvaluationReport>(path, "an evaluation");
            return report.Problem() is { } problem ? throw new JsonException(problem) : report;
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"The evaluation {path} can't be read ({error.Message.TrimEnd('.')}); run {command} again.", error);
        }
    }

    private string? Problem()
    {
        if (Split is not ("test" or "validation")) return "its split is neither test nor validation";
        if (Domains?.Any(domain => domain is null) == true) return "a domain is null";
        if (Users < 0 || Targets < 0 || Items < 1) return "a count is below what is possible";
        if (Lists?.Problem() is { } problem) return problem;
        if (Baselines.Values.Any(m => m is null) || Slices.Values.Any(s => s is null or { Users: < 0 })) return "a part of the figures is missing";
        return new[] { Metrics }.Concat(Baselines.Values).Concat(Slices.Values.Select(s => s.Metrics)).Select(RankingMetrics.Problem).FirstOrDefault(p => p is not null);
    }
}

/// <summary>How figures were made.</summary>
/// <param name="Command">The command that makes them again, without the program's name.</param>
/// <param name="Model">The model.</param>
/// <param name="Ranking">Which candidates each target is ranked among.</param>
/// <param name="Ties">What a candidate of the target's own score counts.</param>
/// <param name="Data">Fingerprint of the events.</param>
/// <param name="Features">Fingerprint of the features that the model reads.</param>
/// <param name="Seed">Of the run's training.</param>
public sealed record EvaluationMaking(string Command, string Model, string Ranking, string Ties, string Data, string Features, int Seed);

/// <summary>The figures on some of the targets.</summary>
/// <param name="Users">How many targets they are.</param>
/// <param name="Metrics">recall@K, ndcg@K and mrr@K.</param>
public sealed record EvaluationSlice(int Users, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>Where each metric lies with 95% confidence; null in files from before it was kept.</summary>
    public IReadOnlyDictionary<string, Interval>? Intervals { get; init; }
}

/// <summary>Parts of the targets: how often training saw the item, which modalities it has, how long the history is, and, where there are several, in which domain.</summary>
public static class Slices
{
    private static readonly (string Name, int Least, int Most)[] Lengths =
    [
        ("after 1-4 events", 0, 4), ("after 5-9 events", 5, 9), ("after 10-19 events", 10, 19), ("after 20+ events", 20, int.MaxValue),
    ];

    private static readonly (string Name, int Least, int Most)[] Frequencies =
    [
        ("seen never", 0, 0), ("seen 1-4", 1, 4), ("seen 5-9", 5, 9), ("seen 10-19", 10, 19), ("seen 20+", 20, int.MaxValue),
    ];

    /// <param name="examples">The ranked examples.</param>
    /// <param name="ranks">Their ranks.</param>
    /// <param name="frequency">By row: events of training with the item.</param>
    /// <param name="store">Tells which modalities an item has.</param>
    /// <param name="cutOffs">The Ks.</param>
    public static IReadOnlyDictionary<string, EvaluationSlice> Compute(
        IReadOnlyList<Example> examples, Rank[] ranks, int[] frequency, FeatureStore store, IReadOnlyList<int> cutOffs)
    {
        var modalities = store.ModalityNames.Select(store.Modality).ToList();
        string Present(int row)
        {
            string names = string.Join("+", modalities.Where(m => m.IsPresent(row)).Select(m => m.Name));
            return names.Length == 0 ? "has nothing" : "has " + names;
        }

        int[] rows = examples.Select(w => w.LastTargetItem).ToArray();
        var slices = new Dictionary<string, EvaluationSlice>();
        foreach (var (name, least, most) in Frequencies)
            Add(name, Enumerable.Range(0, rows.Length).Where(i => frequency[rows[i]] >= least && frequency[rows[i]] <= most));
        foreach (var group in Enumerable.Range(0, rows.Length).GroupBy(i => Present(rows[i])).OrderBy(g => g.Key, StringComparer.Ordinal))
            Add(group.Key, group);
        foreach (var (name, least, most) in Lengths)
            Add(name, Enumerable.Range(0, rows.Length).Where(i => examples[i].Length >= least && examples[i].Length <= most));
        var domains = Enumerable.Range(0, rows.Length).GroupBy(i => store.Domains.First(d => rows[i] < d.FirstRow + d.Count).Name).ToList();
        if (domains.Count > 1) foreach (var group in domains.OrderBy(g => g.Key, StringComparer.Ordinal)) Add("in " + group.Key, group);
        return slices;

        void Add(string name, IEnumerable<int> members)
        {
            int[] own = [.. members];
            var ownRanks = Array.ConvertAll(own, i => ranks[i]);
            if (own.Length > 0) slices[name] = new EvaluationSlice(own.Length, RankingMetrics.Compute(ownRanks, cutOffs)) { Intervals = Evaluation.Intervals.Compute(ownRanks, Array.ConvertAll(own, i => examples[i].User), cutOffs) };
        }
    }
}
