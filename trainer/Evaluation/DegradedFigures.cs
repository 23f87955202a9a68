namespace UniM2Rec.Trainer.Evaluation;

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
