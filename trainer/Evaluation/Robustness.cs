using System.Text.Json;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Session;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>How a model does when features are degraded, beside how it does with all of them; kept as <c>robustness.json</c>.</summary>
/// <param name="Split">test or validation.</param>
/// <param name="MaskHistory">Whether the users' own history was taken out of the rankings.</param>
/// <param name="Users">Users ranked for.</param>
/// <param name="Items">Candidates of each ranking.</param>
/// <param name="Metrics">recall@K and ndcg@K with the features as they are.</param>
/// <param name="Degraded">The same under each degradation, by kind and share.</param>
public sealed record RobustnessReport(
    string Split, bool MaskHistory, int Users, int Items, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<DegradedFigures> Degraded)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerOptions.Web) { WriteIndented = true, NewLine = "\n" };

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Format) + "\n");

    /// <exception cref="UserErrorException">The file can't be read as such a report.</exception>
    public static RobustnessReport Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RobustnessReport>(File.ReadAllText(path), Format) ?? throw new JsonException("it is empty");
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"The robustness figures {path} can't be read ({error.Message}); delete the file and run unim2rec-train evaluate with --remove or --noise again.", error);
        }
    }

    /// <summary>This report with the figures of an earlier one that are of the same rankings, replaced where both have them.</summary>
    public RobustnessReport With(RobustnessReport earlier)
    {
        bool same = (earlier.Split, earlier.MaskHistory, earlier.Users, earlier.Items) == (Split, MaskHistory, Users, Items)
            && earlier.Metrics.Count == Metrics.Count && earlier.Metrics.All(m => Metrics.TryGetValue(m.Key, out double figure) && figure == m.Value);
        if (!same) return this;
        var all = Degraded.Concat(earlier.Degraded).Select(d => (Figures: d, What: d.Degradation)).DistinctBy(d => (d.What.Kind(), d.What.Share, d.What.Seed));
        return this with
        {
            Degraded = all.OrderBy(d => d.What.Kind(), StringComparer.Ordinal).ThenBy(d => d.What.Seed).ThenBy(d => d.What.Share).Select(d => d.Figures).ToList(),
        };
    }
}

/// <summary>The figures under one degradation.</summary>
/// <param name="Degradation">What was done.</param>
/// <param name="DegradedItems">To how many items, of all domains.</param>
/// <param name="Metrics">recall@K and ndcg@K.</param>
/// <param name="LossPercent">By metric: how much less that is than with the features as they are, in percent of it; metrics that were 0 are left out.</param>
public sealed record DegradedFigures(
    Degradation Degradation, int DegradedItems, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double> LossPercent)
{
    /// <param name="degradation">What was done.</param>
    /// <param name="items">To how many items.</param>
    /// <param name="metrics">What came of it.</param>
    /// <param name="whole">The same metrics with the features as they are.</param>
    public static DegradedFigures Of(
        Degradation degradation, int items, IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, double> whole) =>
        new(degradation, items, metrics, metrics.Where(m => whole[m.Key] > 0).ToDictionary(m => m.Key, m => 100 * (whole[m.Key] - m.Value) / whole[m.Key]));
}

/// <summary>
/// Ranks with the features as they are, then with each degradation of them. Items that lost everything have equal scores, and a rank that favours
/// the target would make the worst model the best; so here, with and without degradation, half of the ties count as higher.
/// </summary>
public static class RobustnessEvaluation
{
    private const int Tile = 4096;

    /// <param name="session">The model and its data; what the model keeps about degraded items is changed.</param>
    /// <param name="config">How it is evaluated.</param>
    /// <param name="ranking">The users.</param>
    /// <param name="degradations">By ascending share, so that degraded items stay degraded.</param>
    /// <exception cref="UserErrorException">A degradation is not possible for the model.</exception>
    public static RobustnessReport Measure(RunSession session, RunConfig config, SplitRanking ranking, IReadOnlyList<Degradation> degradations)
    {
        foreach (var degradation in degradations) degradation.RequirePossible(session.Features.Names);
        using var whole = session.EncodeCatalogue();
        var metrics = ranking.Metrics(ranking.Ranks(whole, "Ranking"));
        var figures = degradations.Select(degradation =>
        {
            var features = new DegradedFeatures(session.Features, session.Data.Store, degradation);
            using var scope = NewDisposeScope();
            foreach (var tile in features.Rows.Chunk(Tile)) Refit(session, features, tile);
            using var catalogue = EncodedCatalogue.Encode(session.Model, features.Gather, session.Features.ItemCount, session.Data.Candidates, session.Data.FlowRows);
            var degraded = ranking.Metrics(ranking.Ranks(catalogue, "Ranking, " + degradation.Describe()));
            return DegradedFigures.Of(degradation, features.Rows.Length, degraded, metrics);
        }).ToList();
        return new RobustnessReport(ranking.Split, config.Evaluation.MaskHistory, ranking.Examples.Count, session.Data.Candidates.Length, metrics, figures);
    }

    private static void Refit(RunSession session, DegradedFeatures features, int[] rows)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        session.Model.Refit(features.Gather(rows));
    }
}
