using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>What a run is for: the best items for each user.</summary>
public sealed partial class Session
{
    /// <summary>The best items of the target domains for each user, from everything that the user did.</summary>
    /// <param name="count">Items a user.</param>
    /// <param name="users">Only these users; null for all.</param>
    /// <param name="includeSeen">Whether items that the user already has are recommended too.</param>
    /// <param name="visit">Takes one user after another.</param>
    /// <returns>For how many users.</returns>
    /// <exception cref="UserErrorException">One of the users has no interaction.</exception>
    public int Recommend(int count, IReadOnlyCollection<string>? users, bool includeSeen, Action<Recommendation> visit)
    {
        var newest = new ExamplePlanner(Data.Log, Data.IsTarget, Config.Data.MaxLength, ExampleForm.Prefix).Newest();
        var examples = users is null ? newest : Choose(newest, users.ToHashSet());
        using var catalogue = EncodeCatalogue();
        var ranking = new FullRanking(Model, catalogue, CollaborativeScorer()) { BatchUsers = Config.Evaluation.BatchUsers, MaskHistory = !includeSeen };
        using var task = _context.Progress.Start("Recommending", examples.Count, "users");
        ranking.Top(examples, count, (example, slots, scores) =>
        {
            visit(new Recommendation(example, Data.Log.UserIds[example.User], Array.ConvertAll(slots, s => Data.Candidates[s]), scores));
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
public sealed record Recommendation(Example History, string User, int[] Rows, float[] Scores);
