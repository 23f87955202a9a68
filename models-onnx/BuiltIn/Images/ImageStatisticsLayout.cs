namespace UniM2Rec.Models.BuiltIn;

/// <summary>
/// What the image statistics are made of, shared by the ONNX graph (<see cref="ImageStatisticsGraph"/>) and the plain computation
/// (<see cref="ImageStatistics"/>). Scales: "full" is 64 × 64, "half" 32 × 32, "quarter" 16 × 16, each the 2 × 2 means of the one before.
/// </summary>
internal static class ImageStatisticsLayout
{
    /// <summary>Side of the picture, in pixels.</summary>
    public const int Side = 64;

    /// <summary>Oriented derivative filters, one every 45°, of which the positive part is taken.</summary>
    public const int Orientations = 8;

    /// <summary>Texture filters, of which the size is taken.</summary>
    public const int Textures = 8;

    /// <summary>Rows: luminance, red against green, yellow against blue; columns: red, green, blue in 0 … 1.</summary>
    public static readonly float[] OpponentColours = [0.299f, 0.587f, 0.114f, 1f, -1f, 0f, 0.5f, 0.5f, -1f];

    /// <summary>Centres of the soft luminance bins.</summary>
    public static readonly SoftBins Luminance = new(0f, 1f / 3, 4);

    /// <summary>Centres of the soft bins of either opponent colour.</summary>
    public static readonly SoftBins Chroma = new(-0.5f, 0.25f, 5);

    /// <summary>The blocks of the feature vector in order, with their share of its variance.</summary>
    public static readonly IReadOnlyList<FeatureBlock> Blocks =
    [
        new("joint colour histogram", 4 * 5 * 5, 1.0f),
        new("chroma histograms of the quadrants", 4 * 5 * 5, 1.0f),
        new("colour layout, 8 x 8", 3 * 64, 1.0f),
        new("colour spread, 4 x 4", 3 * 16, 0.5f),
        new("edge orientations at full scale, 4 x 4", Orientations * 16, 1.0f),
        new("edge orientations at half scale, 4 x 4", Orientations * 16, 1.0f),
        new("edge orientations at quarter scale, 2 x 2", Orientations * 4, 0.5f),
        new("texture at full scale, 2 x 2", Textures * 4, 0.5f),
        new("texture at half scale, 2 x 2", Textures * 4, 0.5f),
        new("chroma edges, 2 x 2", 4 * 4, 0.5f),
    ];

    /// <summary>Length of the feature vector.</summary>
    public static int FeatureCount => Blocks.Sum(b => b.Length);

    /// <summary>Factor of a feature after standardisation, so that a block's weight does not depend on its length.</summary>
    public static float[] FeatureWeights() =>
        [.. Blocks.SelectMany(b => Enumerable.Repeat(MathF.Sqrt(b.Weight / b.Length), b.Length))];

    /// <summary>[16, 3, 3]: the oriented derivatives, then the products of 3-point cosine waves other than the constant one.</summary>
    public static float[] LuminanceFilters()
    {
        var filters = new List<float>();
        for (int k = 0; k < Orientations; k++)
        {
            double angle = k * Math.PI / 4;
            filters.AddRange(Derivative(Math.Cos(angle), Math.Sin(angle)));
        }

        double[][] waves = [[1, 1, 1], [1, 0, -1], [0.5, -1, 0.5]];
        for (int k = 1; k <= Textures; k++)
        {
            foreach (double down in waves[k / 3])
                filters.AddRange(waves[k % 3].Select(across => (float)(down * across / 3)));
        }

        return [.. filters];
    }

    /// <summary>[4, 3, 3]: across and down, for each of the two opponent colours.</summary>
    public static float[] ChromaFilters() => [.. Derivative(1, 0), .. Derivative(0, 1), .. Derivative(1, 0), .. Derivative(0, 1)];

    /// <summary>Sobel's filter turned towards (x, y). Rounded, so that no machine's cosine shows.</summary>
    private static IEnumerable<float> Derivative(double x, double y)
    {
        double[] smooth = [1, 2, 1], slope = [-1, 0, 1];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
                yield return (float)Math.Round((x * smooth[row] * slope[column] + y * slope[row] * smooth[column]) / 8, 6);
        }
    }
}

/// <summary>A run of features of one kind.</summary>
/// <param name="Name">what they say</param>
/// <param name="Length">how many there are</param>
/// <param name="Weight">the block's share of the vector's variance, relative to the others</param>
internal sealed record FeatureBlock(string Name, int Length, float Weight);
