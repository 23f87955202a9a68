using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>What a run is for: the best items for each user.</summary>
public sealed partial class Session
{
    /// <summary>The best items of the target domains for each user, from everything that the user did.</summary>
    /// <param name="settings">Which items, how many.</param>
    /// <param name="users">Only these users; null for all.</param>
    /// <param name="visit">Takes one user after another.</param>
    /// <returns>For how many users.</returns>
    /// <exception cref="UserErrorException">One of the users has no interaction.</exception>
    public int Recommend(RecommendationSettings settings, IReadOnlyCollection<string>? users, Action<Recommendation> visit)
    {
        var newest = new ExamplePlanner(Data.Log, Data.IsTarget, Config.Data.MaxLength, ExampleForm.Prefix).Newest();
        var examples = users is null ? newest : Choose(newest, users.ToHashSet());
        using var catalogue = EncodeCatalogue();
        return Recommend(examples, catalogue, settings, visit);
    }

    /// <summary>The same for users of whom only what they did is told, and who need not be in the catalogue.</summary>
    /// <param name="settings">Which items, how many.</param>
    /// <param name="history">What they did, in any domain of the store; events of items that it does not hold are passed over, with a warning.</param>
    /// <param name="visit">Takes one user after another.</param>
    /// <returns>For how many users.</returns>
    /// <exception cref="UserErrorException">The store holds none of the items.</exception>
    public int Recommend(RecommendationSettings settings, IReadOnlyList<HistoryEvent> history, Action<Recommendation> visit)
    {
        var (log, unknown) = InteractionLogReader.Of(history, Data.Store, Config.Data.SameTime);
        string example = unknown.Count > 0 ? $"item '{Excerpt.Of(unknown[0].ItemId)}' of domain '{Excerpt.Of(unknown[0].Domain)}'" : "";
        if (log.EventCount == 0)
            throw new UserErrorException($"The catalogue {Config.Data.Dataset} has none of the {history.Count:N0} items of the history ({example}); give domains ({string.Join(", ", Data.Store.Domains.Select(d => d.Name))}) and item ids of its items.csv.");
        if (unknown.Count > 0)
            _context.Log.Warning("{Unknown:N0} of {All:N0} events of the history are of items that the catalogue does not have, and are passed over (such as {Example:l})", unknown.Count, history.Count, example);
        if (unknown.Select(e => e.User).Except(log.UserIds).ToList() is { Count: > 0 } left)
            _context.Log.Warning("{Users:N0} users ({Example:l}) have no other events, so nothing is recommended to them", left.Count, Excerpt.Of(left[0]));
        int[] rows = log.Items(0, log.EventCount).ToArray().Distinct().ToArray();
        // Domains that are no part of the run's flow are not trained on, so their items are known by their features.
        Admit(rows.Except(Data.FlowRows));
        var planner = new ExamplePlanner(log, [.. log.Domains.Select(Data.Predicts)], Config.Data.MaxLength, ExampleForm.Prefix);
        Model.eval();
        using var catalogue = EncodedCatalogue.Encode(Model, Features, Data.Candidates, rows, Config.JoinsContent);
        return Recommend(planner.Newest(), catalogue, settings, visit);
    }

    private int Recommend(List<Example> examples, EncodedCatalogue catalogue, RecommendationSettings settings, Action<Recommendation> visit)
    {
        var scorer = CollaborativeScorer();
        using var reasons = settings.Why ? new Reasons(Model, catalogue, scorer) : null;
        var ranking = new FullRanking(Model, catalogue, scorer)
        {
            BatchUsers = Config.Evaluation.BatchUsers,
            MaskHistory = !settings.IncludeSeen,
            LeftOut = settings.IsAllowed is { } isAllowed ? [.. Data.Candidates.Index().Where(c => !isAllowed(c.Item)).Select(c => (long)c.Index)] : [],
        };
        using var task = _context.Progress.Start("Recommending", examples.Count, "users");
        ranking.Top(examples, settings.Count, (example, slots, scores) =>
        {
            int[] rows = Array.ConvertAll(slots, s => Data.Candidates[s]);
            visit(new Recommendation(example, example.Log.UserIds[example.User], rows, scores) { Why = reasons?.Of(example, rows, scores) });
            task.Advance();
        }, _context.Cancellation);
        return examples.Count;
    }

    private List<Example> Choose(List<Example> examples, HashSet<string> users)
    {
        var chosen = examples.Where(e => users.Contains(Data.Log.UserIds[e.User])).ToList();
        var missing = users.Except(chosen.Select(e => Data.Log.UserIds[e.User])).ToList();
        if (missing.Count > 0) throw new UserErrorException($"The user '{missing[0]}' of --users has no interaction in {string.Join(", ", Data.Log.Domains)}; name users of interactions.csv.");
        return chosen;
    }
}

/// <summary>What is recommended to one user.</summary>
/// <param name="History">What the user did.</param>
/// <param name="User">The user's id.</param>
/// <param name="Rows">Rows of the items in the feature store, best first.</param>
/// <param name="Scores">By item: its logit.</param>
public sealed record Recommendation(Example History, string User, int[] Rows, float[] Scores)
{
    /// <summary>By item: why; null where that was not asked for.</summary>
    public Explanation[]? Why { get; init; }
}

/// <summary>Which items are recommended, and how many.</summary>
/// <param name="Count">Items a user.</param>
/// <param name="IncludeSeen">Whether items that the user already has are recommended too.</param>
public sealed record RecommendationSettings(int Count, bool IncludeSeen = false)
{
    /// <summary>Which candidates may be recommended, by their rows in the feature store; null for all.</summary>
    public Func<int, bool>? IsAllowed { get; init; }

    /// <summary>Whether each item says why.</summary>
    public bool Why { get; init; }
}
