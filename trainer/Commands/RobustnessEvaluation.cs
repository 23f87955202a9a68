using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Commands;

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
        return new RobustnessReport(ranking.Split, config.Evaluation.MaskHistory, ranking.Windows.Count, session.Data.Candidates.Length, metrics, figures);
    }

    private static void Refit(RunSession session, DegradedFeatures features, int[] rows)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        session.Model.Refit(features.Gather(rows));
    }
}
