using System.Numerics.Tensors;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Where a modality's vectors lie and how far they spread, so that a model sees them centred and with unit variance, whatever scale and offset
/// their encoder gives them. One factor for all dimensions: how the variance is spread over the dimensions is what the vectors say.
/// </summary>
/// <param name="Mean">[width]: mean of each dimension.</param>
/// <param name="Deviation">Root of the mean squared distance of a number from its dimension's mean.</param>
public sealed record FeatureStatistics(float[] Mean, float Deviation)
{
    /// <summary>Statistics that change nothing.</summary>
    public static FeatureStatistics None(int width) => new(new float[width], 1);

    /// <summary>Measures the items in <paramref name="rows"/> that have the modality.</summary>
    /// <returns>Where these are none, or all the same, a deviation of 1.</returns>
    public static FeatureStatistics Of(ModalityFeatures modality, IReadOnlyList<int> rows)
    {
        int[] present = rows.Where(modality.IsPresent).ToArray();
        var (row, sum, squares) = (new float[modality.Width], new double[modality.Width], 0.0);
        foreach (int r in present)
        {
            modality.ReadRow(r, row);
            for (int d = 0; d < row.Length; d++) sum[d] += row[d];
        }

        float[] mean = Array.ConvertAll(sum, s => (float)(s / Math.Max(1, present.Length)));
        // A second pass: the difference of two large sums would lose what an offset leaves.
        foreach (int r in present)
        {
            modality.ReadRow(r, row);
            TensorPrimitives.Subtract(row, mean, row);
            squares += TensorPrimitives.SumOfSquares(row);
        }

        float deviation = (float)Math.Sqrt(squares / Math.Max(1, (double)present.Length * modality.Width));
        float rounding = 1e-6f * TensorPrimitives.Norm<float>(mean) / MathF.Sqrt(modality.Width);
        // What is not finite stays so, for the reader to say of which item.
        return new FeatureStatistics(mean, float.IsFinite(deviation) && deviation <= rounding ? 1 : deviation);
    }

    /// <summary>Whether numbers are finite and have squares that are.</summary>
    public static bool AreUsable(ReadOnlySpan<float> vector) => MathF.Abs(TensorPrimitives.MaxMagnitude(vector)) <= 1e18f; // NaN where any number is

    /// <summary>Whether the items in <paramref name="rows"/> that have the modality all have the same vector.</summary>
    public static bool AreAllTheSame(ModalityFeatures modality, IReadOnlyList<int> rows)
    {
        float[]? first = null;
        float[] row = new float[modality.Width];
        foreach (int r in rows.Where(modality.IsPresent))
        {
            modality.ReadRow(r, row);
            if (first is null) first = row.ToArray();
            else if (!row.AsSpan().SequenceEqual(first)) return false;
        }

        return true;
    }

    /// <summary>Centres and scales rows that have the modality.</summary>
    /// <param name="rows">[rows, width], one after the other.</param>
    public void Standardize(Span<float> rows)
    {
        for (; rows.Length > 0; rows = rows[Mean.Length..])
        {
            var row = rows[..Mean.Length];
            TensorPrimitives.Subtract(row, Mean, row);
            TensorPrimitives.Divide(row, Deviation, row);
        }
    }
}
