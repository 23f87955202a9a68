namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Where a store row's vector comes from.</summary>
/// <param name="Matrix">Index of the matrix; −1 where the row has none.</param>
/// <param name="Row">Row of that matrix.</param>
public readonly record struct RowSource(int Matrix, int Row)
{
    /// <summary>No vector.</summary>
    public static RowSource None { get; } = new(-1, 0);
}
