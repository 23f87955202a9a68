namespace UniM2Rec.Trainer.Configuration;

/// <summary>Everything that determines a training run; the resolved form is kept in the run folder as <c>config.json</c>.</summary>
public sealed record RunConfig
{
    /// <summary>What is learned from.</summary>
    public DataConfig Data { get; init; } = new();

    /// <summary>The network.</summary>
    public ModelConfig Model { get; init; } = new();

    /// <summary>Collaborative scores that are joined with the network's.</summary>
    public CollaborativeConfig Collaborative { get; init; } = new();

    /// <summary>The loss.</summary>
    public ObjectiveConfig Objective { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>How a model is measured.</summary>
    public EvaluationConfig Evaluation { get; init; } = new();

    /// <summary>Whether the section <see cref="Collaborative"/> is used: its scores are of the candidates of a whole catalogue.</summary>
    internal bool JoinsCollaborative => Objective.IsOverCatalogue && Collaborative.IsUsed;

    /// <summary>Whether its nearness by content is.</summary>
    internal bool JoinsContent => JoinsCollaborative && Collaborative.Content;
}

/// <summary>Which events training does not see.</summary>
public enum HoldOut
{
    /// <summary>Each user's last two events in the target domains: validation and test (fine-tuning).</summary>
    Targets,

    /// <summary>Each user's last event in the target domains, which in pre-training are all of the flow, to choose the epoch by; nothing is tested.</summary>
    LastEvent,
}

/// <summary>What a target sees of events that have its own time, as in catalogues whose times are days.</summary>
public enum SameTime
{
    /// <summary>Those that stand before it in its domain's file, as published protocols do; none where another domain has events of that time.</summary>
    FileOrder,

    /// <summary>None.</summary>
    Hidden,
}

/// <summary>What is learned from: the catalogue, its features, and which domains form a user's behaviour flow.</summary>
public sealed record DataConfig : IValidatable
{
    /// <summary>Folder of the catalogue (the one that holds dataset.json).</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Folder of the feature store made from that catalogue.</summary>
    public string Features { get; init; } = "";

    /// <summary>Domains whose events form the mixed behaviour flow; empty = every domain of the catalogue.</summary>
    public IReadOnlyList<string> Flow { get; init; } = [];

    /// <summary>Domains whose items are predicted: all of the flow in pre-training, one in fine-tuning.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>
    /// Folder in which the interactions are kept, sorted, as columns that are read where they lie; made from the catalogue when it is not there yet or the
    /// catalogue's interactions have changed. Empty = they are read and held in memory.
    /// </summary>
    public string Log { get; init; } = "";

    /// <summary>Memory that sorting the interactions takes at most, in MiB; what does not fit goes to the system's temporary folder.</summary>
    public int SortMemory { get; init; } = 1024;

    /// <summary>Features that take at most this much as float32, in MiB, are held in memory (or on the device); larger ones are read by row from the feature store.</summary>
    public int FeatureMemory { get; init; } = 4096;

    private const double MostColdItems = 0.9;

    /// <summary>Which events are held out; a run is evaluated by the split that it was trained with.</summary>
    public HoldOut HoldOut { get; init; } = HoldOut.Targets;

    /// <summary>Whether a target sees events of its own time.</summary>
    public SameTime SameTime { get; init; } = SameTime.FileOrder;

    /// <summary>Modalities of the store that the model reads; empty = all that it has.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>Events of history that an example sees at most.</summary>
    public int MaxLength { get; init; } = 50;

    /// <summary>
    /// Share of the target domains' items that training does not see at all, neither as history nor as target nor as candidate, so that evaluate shows
    /// how well items are ranked that came afterwards. Which ones they are depends on their names alone.
    /// </summary>
    public double ColdItems { get; init; }

    /// <summary>Training events of each item of the target domains that training sees at most (few-shot); 0 = all. Which ones they are depends on names alone.</summary>
    public int TargetEvents { get; init; }

    /// <summary>Share of rejected rows above which reading stops.</summary>
    public double MaxRejectRate { get; init; } = 0.01;

    internal long SortBytes => (long)SortMemory << 20;

    internal long FeatureBytes => (long)FeatureMemory << 20;

    /// <summary>The domain of the flow, where it has one alone; null where it has several, or where that is left to the data.</summary>
    internal string? OnlyDomain => Flow.Union(Targets).ToList() is [var only] && Flow.Count > 0 ? only : null;

    /// <summary>
    /// Which target domains a run with this section has already been trained on with other events held out than those that a run which starts
    /// from it is validated and tested with: pretrain holds out each user's last event of all, and over several target domains each user's last two.
    /// Events that are history alone count as much as targets: a model that was told what came before something else was told that it came.
    /// </summary>
    /// <param name="targets">Target domains of the run that starts from it.</param>
    internal IReadOnlyList<string> SeenTargets(IReadOnlyList<string> targets)
    {
        var predicted = Targets.Count > 0 ? Targets : Flow;
        if (HoldOut == HoldOut.Targets && predicted.ToHashSet().SetEquals(targets)) return [];
        return targets.Where(t => Flow.Count == 0 || Flow.Contains(t)).ToList();
    }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Dataset.Contains('\0') || Features.Contains('\0') || Log.Contains('\0')) yield return "dataset, features or log has a character of value 0, which no path can have";
        if (SortMemory < 1) yield return $"sortMemory is {SortMemory}; it must be at least 1";
        if (FeatureMemory < 0) yield return $"featureMemory is {FeatureMemory}; it must be at least 0";
        if (MaxLength < 1) yield return $"maxLength is {MaxLength}; it must be at least 1";
        if (ColdItems is not (>= 0 and <= MostColdItems)) yield return $"coldItems is {ColdItems}; it must be between 0 and {MostColdItems}";
        if (TargetEvents < 0) yield return $"targetEvents is {TargetEvents}; it must be at least 0 (all)";
        if (MaxRejectRate is < 0 or > 1) yield return $"maxRejectRate is {MaxRejectRate}; it must be between 0 and 1";
    }
}

/// <summary>How a model is measured: always the full ranking over the target domain's items.</summary>
public sealed record EvaluationConfig : IValidatable
{
    /// <summary>Cut-offs of Recall@K and NDCG@K.</summary>
    public IReadOnlyList<int> CutOffs { get; init; } = [5, 10, 20, 50];

    /// <summary>Whether items of the user's own history are taken out of the ranking (the papers leave them in).</summary>
    public bool MaskHistory { get; init; }

    /// <summary>Users scored in one tile.</summary>
    public int BatchUsers { get; init; } = 1024;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (CutOffs.Count == 0 || CutOffs.Any(k => k < 1)) yield return "cutOffs must name at least one K, each 1 or more";
        if (BatchUsers < 1) yield return $"batchUsers is {BatchUsers}; it must be at least 1";
    }
}

/// <summary>Settings that come with the program, one JSON file each, beside it in <c>presets/</c>.</summary>
public static class Presets
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "presets");

    /// <summary>Names of the presets that come with the program.</summary>
    public static IReadOnlyList<string> Names =>
        Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order().ToList() : [];

    /// <exception cref="UserErrorException">There is no such preset.</exception>
    public static string PathOf(string name)
    {
        string path = Path.Combine(Folder, name + ".json");
        if (File.Exists(path)) return path;
        string hint = NearestName.Find(name, Names) is { } near ? $" did you mean '{near}'?" : "";
        throw UserErrorException.Usage($"The preset '{name}' is unknown; there are {string.Join(", ", Names)};{hint}".TrimEnd(';'));
    }
}
