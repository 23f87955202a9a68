using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>What a regression predicts, for all candidates.</summary>
internal static class Predictions
{
    /// <returns>[targets, candidates]: 0 for candidates that the regression does not know.</returns>
    public static Tensor OfAll(this CollaborativeScores scores, int candidates)
    {
        var predicted = scores.Predicted!;
        int[] columns = scores.PredictedColumns ?? [.. Enumerable.Range(0, candidates)];
        return zeros(predicted.shape[0], candidates).index_copy_(1, tensor(Array.ConvertAll(columns, c => (long)c)), predicted);
    }
}
