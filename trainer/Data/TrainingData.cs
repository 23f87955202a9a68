using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>What a run reads: the catalogue, its features, and the flow with its split.</summary>
public sealed class TrainingData : IDisposable
{
    private readonly InteractionLogFolder? _kept;

    private TrainingData(FeatureStore store, InteractionLog log, InteractionLogFolder? kept, bool[] isTarget, HeldOutSplit split, int[] candidates)
    {
        Store = store;
        _kept = kept;
        Log = log;
        IsTarget = isTarget;
        Split = split;
        Candidates = candidates;
    }

    /// <summary>The items' features.</summary>
    public FeatureStore Store { get; }

    /// <summary>The flow.</summary>
    public InteractionLog Log { get; }

    /// <summary>By domain of the flow: whether its items are predicted.</summary>
    public IReadOnlyList<bool> IsTarget { get; }

    /// <summary>Whether a domain's items are predicted, by its name; those of a domain outside the flow are not.</summary>
    public bool Predicts(string domain) => Log.Domains.Index().Any(d => d.Item == domain && IsTarget[d.Index]);

    /// <summary>What is held out of it.</summary>
    public HeldOutSplit Split { get; }

    /// <summary>The log that held-out events are numbered in.</summary>
    public InteractionLog HeldOutLog => Split.Flow ?? Log;

    /// <summary>Rows of every item of the target domains, in the store's order.</summary>
    public int[] Candidates { get; private set; }

    /// <summary>Rows of items of the target domains that training does not see (<see cref="DataConfig.ColdItems"/>).</summary>
    public int[] ColdItems { get; private init; } = [];

    /// <summary>Training events of the target domains that training does not see (<see cref="DataConfig.TargetEvents"/>).</summary>
    public int LeftOutEvents { get; private init; }

    /// <summary>Rows of the items that a target of training is contrasted with.</summary>
    public int[] TrainingCandidates => ColdItems.Length == 0 ? Candidates : Candidates.Except(ColdItems).ToArray();

    /// <summary>Rows of every item of the flow that training sees.</summary>
    public int[] TrainingRows => ColdItems.Length == 0 ? FlowRows : FlowRows.Except(ColdItems).ToArray();

    /// <summary>Rows of every item of the flow, candidates included.</summary>
    public int[] FlowRows => RowsOf(Store, Log.Domains);

    /// <summary>Takes items out of the candidates.</summary>
    /// <param name="rows">Their rows.</param>
    internal void LeaveOut(IEnumerable<int> rows) => Candidates = Candidates.Except(rows).ToArray();

    /// <param name="config">Names the catalogue, the features, the flow and the targets.</param>
    /// <param name="rejectsPath">Where rows that are left out are listed, or null for nowhere.</param>
    /// <param name="progress">Shows what is read.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="isGone">Tells items that have left the catalogue, whose events are passed over; null for none.</param>
    /// <exception cref="UserErrorException">Something named does not exist, or the features are not those of the catalogue.</exception>
    public static TrainingData Open(
        DataConfig config, string? rejectsPath, IProgressSink progress, CancellationToken cancellation, Func<string, string, bool>? isGone = null)
    {
        var dataset = Dataset.Open(config.Dataset);
        foreach (string domain in config.Flow.Concat(config.Targets)) dataset.RequireDomain(domain);
        var flow = config.Flow.Count > 0 ? config.Flow : dataset.Domains;
        var targets = config.Targets.Count > 0 ? config.Targets : flow;
        flow = flow.Union(targets).ToList();
        if (flow.Count > InteractionLog.MostDomains)
            throw new UserErrorException($"{config.Dataset} gives the flow {flow.Count:N0} domains, but a flow has at most {InteractionLog.MostDomains:N0}; name fewer by data.flow.");

        var store = FeatureStore.Open(config.Features);
        InteractionLogFolder? kept = null;
        try
        {
            RequireSameCatalogue(dataset, store, config);
            using var rejects = new RejectLog(rejectsPath, config.MaxRejectRate, "data.maxRejectRate (--set data.maxRejectRate=0.1)");
            var source = new InteractionSource(dataset, store, flow, config.SameTime, isGone);
            if (config.Log.Length > 0) kept = InteractionLogFolder.Open(config.Log, source, rejects, config.SortBytes, (progress, cancellation));
            var log = kept?.Log ?? InteractionLogReader.Read(source, rejects, config.SortBytes, (progress, cancellation));
            bool[] isTarget = flow.Select(targets.Contains).ToArray();
            var split = HeldOutSplit.By(config.HoldOut, log, isTarget);
            int[] candidates = RowsOf(store, targets), cold = ColdOf(store, candidates, config.ColdItems);
            if (cold.Length > 0) split = split.Without(cold);
            var seen = config.TargetEvents == 0 ? split : split.FewShot(config.TargetEvents, isTarget, store);
            return new TrainingData(store, log, kept, isTarget, seen, candidates) { ColdItems = cold, LeftOutEvents = split.Training.EventCount - seen.Training.EventCount };
        }
        catch
        {
            kept?.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept?.Dispose();
        Store.Dispose();
    }

    private static void RequireSameCatalogue(Dataset dataset, FeatureStore store, DataConfig config)
    {
        string fingerprint = dataset.ComputeFingerprint();
        if (fingerprint != store.DatasetFingerprint)
        {
            throw new UserErrorException(
                $"The features in {config.Features} were extracted from items with fingerprint {store.DatasetFingerprint[..12]}, but {config.Dataset} has {fingerprint[..12]}; " +
                $"run unim2rec-extract run --dataset {config.Dataset} --out {config.Features}, which encodes what is new or has changed with the same encoders.");
        }
    }

    /// <summary>Rows of items of some domains that a run with these target domains and this share did not see.</summary>
    internal int[] ColdIn(IReadOnlyList<string> targets, double share) => ColdOf(Store, RowsOf(Store, targets), share);

    /// <summary>Rows of every item of some domains.</summary>
    internal int[] RowsIn(IReadOnlyList<string> domains) => RowsOf(Store, domains);

    /// <summary>Those of the candidates whose names are mixed to a number below the share.</summary>
    private static int[] ColdOf(FeatureStore store, int[] candidates, double share)
    {
        if (share == 0) return [];
        return candidates.Where(row =>
        {
            ulong mixed = 0;
            foreach (char c in $"{store.Domains.First(d => row < d.FirstRow + d.Count).Name}\t{store.GetItemId(row)}") mixed = SplitMix64.MixAll((long)mixed, c);
            return SplitMix64.ToUnit(mixed) < share;
        }).ToArray();
    }

    private static int[] RowsOf(FeatureStore store, IReadOnlyList<string> domains) =>
        store.Domains.Where(d => domains.Contains(d.Name)).SelectMany(d => Enumerable.Range(d.FirstRow, d.Count)).ToArray();
}
