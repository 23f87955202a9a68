namespace UniM2Rec.Models.Images;

/// <summary>Overlapping triangular histogram bins: a value counts towards its two nearest centres, and its shares add up to 1.</summary>
/// <param name="First">centre of the first bin; what lies below counts as this</param>
/// <param name="Step">distance between centres</param>
/// <param name="Count">number of bins</param>
internal sealed record SoftBins(float First, float Step, int Count)
{
    /// <summary>Centre of the last bin; what lies above counts as this.</summary>
    public float Last => First + Step * (Count - 1);

    /// <summary>All centres.</summary>
    public float[] Centres => [.. Enumerable.Range(0, Count).Select(i => First + Step * i)];

    /// <summary>The share of a value that falls to each bin.</summary>
    public void Shares(float value, Span<float> shares)
    {
        var inside = Math.Clamp(value, First, Last);
        for (var bin = 0; bin < Count; bin++)
            shares[bin] = MathF.Max(0, 1 - MathF.Abs(inside - (First + Step * bin)) / Step);
    }
}
