using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The figures of a run: full ranking of a split, with the features as they are or degraded.</summary>
public sealed partial class Session
{
    private const int RefitTile = 4096, ListLength = 10;

    /// <summary>Ranks every candidate for every user of a split, beside what needs no network: popularity and each collaborative score alone.</summary>
    /// <param name="split">test or validation.</param>
    /// <exception cref="UserErrorException">No user has a target in the split.</exception>
    public RunEvaluation Evaluate(string split)
    {
        var examples = HeldOut(split);
        SplitNotes.Say(Data, _context.Log);
        WarnOfSeenEvents();
        using var catalogue = EncodeCatalogue();
        var collaborative = CollaborativeScorer();
        var popularity = new Popularity(Data.Split.Training, Data.Candidates, Features.ItemCount);
        var lists = new ListQuality(Data.Candidates, popularity.Frequency, Data.Store);
        var ranks = RanksIn(catalogue, examples, collaborative, "Ranking", lists: lists);
        var baselines = Baselines(examples, popularity, collaborative);
        var report = new EvaluationReport(
            split,
            examples.Select(e => e.User).Distinct().Count(),
            Data.Candidates.Length,
            Metrics(ranks),
            baselines.ToDictionary(b => b.Key, b => Metrics(b.Value)),
            Slices.Compute(examples, ranks, popularity.Frequency, Data.Store, Config.Evaluation.CutOffs),
            Config.Evaluation.MaskHistory,
            KnownItems.FingerprintOf(Data.Candidates.Select(NameOf).Order()),
            examples.Count)
        {
            Domains = Elsewhere.Count > 0 ? Elsewhere : null,
            Made = Making(split),
            Intervals = IntervalsOf(examples, ranks),
            BaselineIntervals = baselines.ToDictionary(b => b.Key, b => IntervalsOf(examples, b.Value)),
            Lists = lists.Figures(),
        };
        return new RunEvaluation(report, examples.Zip(ranks, (e, rank) =>
        {
            var (domain, id) = NameOf(e.LastTargetItem);
            return new TargetRank(Data.Log.UserIds[e.User], domain, id, rank);
        }).ToList(), baselines);
    }

    /// <summary>Ranks with the features as they are, then with each degradation of them. What the model keeps about degraded items is changed.</summary>
    /// <param name="split">test or validation.</param>
    /// <param name="degradations">By ascending share, so that degraded items stay degraded.</param>
    /// <exception cref="UserErrorException">A degradation is not possible for the model, or no user has a target in the split.</exception>
    public RobustnessReport MeasureRobustness(string split, IReadOnlyList<Degradation> degradations)
    {
        foreach (var degradation in degradations) degradation.RequirePossible(Features.Names);
        var examples = HeldOut(split);
        var collaborative = CollaborativeScorer();
        using var whole = EncodeCatalogue();
        var metrics = Metrics(RanksIn(whole, examples, collaborative, "Ranking"));
        var figures = degradations.Select(degradation =>
        {
            using var scope = NewDisposeScope();
            var features = new DegradedFeatures(Features, Data.Store, degradation.Histories ? degradation.OfAllItems() : degradation);
            // The interests of items are the candidates' too, so they stay where only histories are degraded.
            if (!degradation.Histories) foreach (int[] tile in features.Rows.Chunk(RefitTile)) Refit(features, tile);
            using var catalogue = EncodedCatalogue.Encode(Model, features.Gather, Features.ItemCount, Data.Candidates, Data.FlowRows, Config.JoinsContent);
            string title = "Ranking, " + degradation.Describe();
            if (!degradation.Histories)
                return DegradedFigures.Of(degradation, features.Rows.Length, Metrics(RanksIn(catalogue, examples, collaborative, title)), metrics);
            var users = degradation.Choose(Data.Log.UserCount).ToHashSet();
            var ranks = RanksIn(whole, examples, collaborative, title, (catalogue, e => users.Contains(e.User)));
            return DegradedFigures.Of(degradation, users.Count, Metrics(ranks), metrics);
        }).ToList();
        return new RobustnessReport(split, Config.Evaluation.MaskHistory, examples.Count, Data.Candidates.Length, metrics, figures);
    }

    /// <summary>The ranks of what needs no network, by name.</summary>
    private Dictionary<string, Rank[]> Baselines(List<Example> examples, Popularity popularity, CollaborativeScorer? collaborative)
    {
        var baselines = new Dictionary<string, Rank[]> { ["popularity"] = popularity.Ranks(examples) };
        foreach (var (name, ranks) in new CollaborativeBaselines(Data, Config.Collaborative, Config.Evaluation.MaskHistory).Ranks(examples, collaborative, _context))
            baselines[name] = ranks;
        if (Content(examples) is { } content) baselines["content"] = content;
        return baselines;
    }

    /// <summary>Of every feature that a run on these data may read, so that it is the same beside every model; null where there is none that can be compared.</summary>
    private Rank[]? Content(List<Example> examples)
    {
        var modalities = Config.Data.Modalities.Count > 0 ? Config.Data.Modalities : Data.Store.ModalityNames;
        if (modalities.Count == 0) return null;
        try
        {
            return new ContentBaseline(Data, modalities, Config.Collaborative.ContentDecay, Config.Evaluation.MaskHistory).Ranks(examples, _context.Cancellation);
        }
        catch (UserErrorException unusable)
        {
            _context.Log.Warning("What is nearest by content is not listed: {Problem:l}", unusable.Message);
            return null;
        }
    }

    private EvaluationMaking Making(string split)
    {
        var files = Run.EvaluationOf(split, Config.Evaluation.MaskHistory, Elsewhere.Count > 0 ? Elsewhere : null);
        return new EvaluationMaking(
            files.Command[(files.Command.IndexOf(' ', StringComparison.Ordinal) + 1)..].Replace(Run.Path, files.Name, StringComparison.Ordinal), ModelRegistry.Find(Config.Model.Kind).Title,
            "every item of the domains", "half", (_present ??= RunData.Of(Data)).Interactions, Features.Fingerprint, Config.Training.Seed);
    }

    private IReadOnlyDictionary<string, Interval> IntervalsOf(List<Example> examples, Rank[] ranks) =>
        Intervals.Compute(ranks, examples.ConvertAll(e => e.User), Config.Evaluation.CutOffs);

    /// <summary>One example a user that has a target in the split.</summary>
    private List<Example> HeldOut(string split)
    {
        RequireSameEvents();
        var planner = new ExamplePlanner(Data.HeldOutLog, Data.IsTarget, Config.Data.MaxLength, ExampleForm.Prefix);
        var examples = planner.HeldOut(split == "test" ? Data.Split.Test : Data.Split.Validation);
        if (examples.Count == 0)
            throw new UserErrorException($"No user of the run {Run.Path} has a {split} target; {Otherwise(split)}.");
        return examples;
    }

    /// <summary>The split that there is: a pre-trained run holds out what its epoch is chosen by, and nothing else.</summary>
    public string Split => Data.Split.Test.Count == 0 && Data.Split.Validation.Count > 0 ? "validation" : "test";

    private string Otherwise(string split) => split != Split ? $"give --split {Split}, or evaluate a run of finetune" : "a user needs three events in the target domains to have one";

    private void WarnOfSeenEvents()
    {
        if (Elsewhere.Count == 0 || _own is null || _own.SeenTargets(Elsewhere) is not { Count: > 0 } seen) return;
        _context.Log.Warning("{Run:l} was trained on events of {Domains:l} too, those that are ranked now among them, so these figures are too high; rank a domain that it was not trained on, or train a run on this one", Run.Path, string.Join(", ", seen));
    }

    /// <summary>Collects collaborative scores as training did, or null where the model was trained without.</summary>
    private CollaborativeScorer? CollaborativeScorer() =>
        Config.JoinsCollaborative ? Collaborative.CollaborativeScorer.For(Data, Config.Collaborative, _context, cache: Run.EaseCache) : null;

    /// <summary>The rank of each example's target.</summary>
    private Rank[] RanksIn(
        EncodedCatalogue catalogue, List<Example> examples, CollaborativeScorer? collaborative, string title, (EncodedCatalogue, Func<Example, bool>)? histories = null, ListQuality? lists = null)
    {
        var ranking = new FullRanking(Model, catalogue, collaborative)
        {
            BatchUsers = Config.Evaluation.BatchUsers,
            MaskHistory = Config.Evaluation.MaskHistory,
            Histories = histories,
            Lists = lists is null ? null : (ListLength, lists.Add),
        };
        using var task = _context.Progress.Start(title, examples.Count, "users");
        return ranking.Ranks(examples, task, _context.Cancellation);
    }

    private (string Domain, string ItemId) NameOf(int row) => (Data.Store.Domains.First(d => row < d.FirstRow + d.Count).Name, Data.Store.GetItemId(row));

    private IReadOnlyDictionary<string, double> Metrics(Rank[] ranks) => RankingMetrics.Compute(ranks, Config.Evaluation.CutOffs);

    private void Refit(DegradedFeatures features, int[] rows)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        Model.Refit(features.Gather(rows));
    }
}

/// <summary>What <see cref="Session.Evaluate"/> found.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Ranks">The rank of each user's target.</param>
/// <param name="Baselines">By baseline: its rank of the same targets.</param>
public sealed record RunEvaluation(EvaluationReport Report, IReadOnlyList<TargetRank> Ranks, IReadOnlyDictionary<string, Rank[]> Baselines)
{
    /// <summary>Keeps figures and ranks with the run.</summary>
    /// <returns>The file of the figures.</returns>
    public string Save(RunFolder run)
    {
        var files = run.EvaluationOf(Report.Split, Report.MaskHistory, Report.Domains);
        string ranks = RankFile.Save(files.Ranks, Ranks);
        BaselineRanks.Save(files.Baselines, Baselines, ranks);
        (Report with { Ranks = ranks }).Save(files.Evaluation);
        return files.Evaluation;
    }
}
