using System.Numerics.Tensors;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>
/// The image statistics of one picture, computed plainly. <see cref="ImageStatisticsGraph"/> computes the same inside ONNX Runtime; this one
/// calibrates it and is what it is tested against.
/// </summary>
internal static class ImageStatistics
{
    /// <summary>The features of a picture [3, 64, 64] of red, green and blue in 0 … 1, in the order of <see cref="ImageStatisticsLayout.Blocks"/>.</summary>
    public static float[] Compute(ReadOnlySpan<float> pixels)
    {
        var full = Opponents(pixels);
        var half = Array.ConvertAll(full, p => p.Pool(2));
        var quarter = Array.ConvertAll(half, p => p.Pool(2));
        var features = new List<float>(ImageStatisticsLayout.FeatureCount);
        AddHistograms(half, features);
        foreach (var plane in quarter)
            features.AddRange(plane.Pool(2).Values);
        foreach (var plane in half)
            features.AddRange(Spread(plane));
        AddFiltered(full[0], edgeGrid: 4, features, out float[]? fullTexture);
        AddFiltered(half[0], edgeGrid: 4, features, out float[]? halfTexture);
        AddFiltered(quarter[0], edgeGrid: 2, features, out _);
        features.AddRange(fullTexture);
        features.AddRange(halfTexture);
        float[] chroma = ImageStatisticsLayout.ChromaFilters();
        for (int k = 0; k < 4; k++)
            features.AddRange(half[1 + k / 2].Filter(chroma.AsSpan(k * 9, 9)).Map(MathF.Abs).Pool(16).Values.Select(MathF.Sqrt));
        return [.. features];
    }

    private static Plane[] Opponents(ReadOnlySpan<float> pixels)
    {
        const int count = ImageStatisticsLayout.Side * ImageStatisticsLayout.Side;
        var planes = new Plane[3];
        for (int channel = 0; channel < 3; channel++)
        {
            float[] values = new float[count];
            for (int colour = 0; colour < 3; colour++)
            {
                for (int i = 0; i < count; i++)
                    values[i] += ImageStatisticsLayout.OpponentColours[channel * 3 + colour] * pixels[colour * count + i];
            }

            planes[channel] = new Plane(ImageStatisticsLayout.Side, values);
        }

        return planes;
    }

    private static void AddHistograms(Plane[] half, List<float> features)
    {
        SoftBins light = ImageStatisticsLayout.Luminance, chroma = ImageStatisticsLayout.Chroma;
        float[] joint = new float[light.Count * chroma.Count * chroma.Count];
        float[] quadrants = new float[4 * chroma.Count * chroma.Count];
        int side = half[0].Side;
        float[] lights = new float[light.Count], reds = new float[chroma.Count], yellows = new float[chroma.Count];
        for (int i = 0; i < side * side; i++)
        {
            light.Shares(half[0].Values[i], lights);
            chroma.Shares(half[1].Values[i], reds);
            chroma.Shares(half[2].Values[i], yellows);
            int quadrant = i / side / (side / 2) * 2 + i % side / (side / 2);
            for (int a = 0; a < chroma.Count; a++)
            {
                if (reds[a] == 0)
                    continue;
                for (int b = 0; b < chroma.Count; b++)
                {
                    float share = reds[a] * yellows[b];
                    quadrants[(quadrant * chroma.Count + a) * chroma.Count + b] += share * 4 / (side * side);
                    for (int l = 0; l < light.Count; l++)
                        joint[(l * chroma.Count + a) * chroma.Count + b] += share * lights[l] / (side * side);
                }
            }
        }

        features.AddRange(joint.Select(MathF.Sqrt));
        features.AddRange(quadrants.Select(MathF.Sqrt));
    }

    private static IEnumerable<float> Spread(Plane half)
    {
        float[] means = half.Pool(8).Values;
        float[] squares = half.Map(v => v * v).Pool(8).Values;
        return means.Zip(squares, (mean, square) => MathF.Sqrt(MathF.Max(0, square - mean * mean)));
    }

    private static void AddFiltered(Plane plane, int edgeGrid, List<float> features, out float[] texture)
    {
        float[] filters = ImageStatisticsLayout.LuminanceFilters();
        for (int k = 0; k < ImageStatisticsLayout.Orientations; k++)
        {
            var edges = plane.Filter(filters.AsSpan(k * 9, 9)).Map(v => MathF.Max(0, v)).Pool(plane.Side / edgeGrid);
            features.AddRange(edges.Values.Select(MathF.Sqrt));
        }

        texture = [.. Enumerable.Range(ImageStatisticsLayout.Orientations, ImageStatisticsLayout.Textures)
            .SelectMany(k => plane.Filter(filters.AsSpan(k * 9, 9)).Map(MathF.Abs).Pool(plane.Side / 2).Values)
            .Select(MathF.Sqrt)];
    }
}

/// <summary>One square channel of a picture.</summary>
internal sealed record Plane(int Side, float[] Values)
{
    /// <summary>Every pixel mapped.</summary>
    public Plane Map(Converter<float, float> map) => new(Side, Array.ConvertAll(Values, map));

    /// <summary>Means over squares of <paramref name="size"/> pixels.</summary>
    public Plane Pool(int size)
    {
        int side = Side / size;
        float[] pooled = new float[side * side];
        for (int row = 0; row < side * size; row++)
        {
            for (int cell = 0; cell < side; cell++)
                pooled[row / size * side + cell] += TensorPrimitives.Sum<float>(Values.AsSpan(row * Side + cell * size, size)) / (size * size);
        }

        return new Plane(side, pooled);
    }

    /// <summary>Correlation with a 3 × 3 filter; outside the picture the border pixel goes on.</summary>
    public Plane Filter(ReadOnlySpan<float> filter)
    {
        float[] filtered = new float[Values.Length];
        Span<float> padded = stackalloc float[Side + 2];
        for (int row = 0; row < Side; row++)
        {
            var sum = filtered.AsSpan(row * Side, Side);
            for (int down = 0; down < 3; down++)
            {
                var source = Values.AsSpan(Math.Clamp(row + down - 1, 0, Side - 1) * Side, Side);
                source.CopyTo(padded[1..]);
                (padded[0], padded[Side + 1]) = (source[0], source[Side - 1]);
                for (int across = 0; across < 3; across++)
                    TensorPrimitives.MultiplyAdd(padded.Slice(across, Side), filter[down * 3 + across], sum, sum);
            }
        }

        return new Plane(Side, filtered);
    }
}

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
        float inside = Math.Clamp(value, First, Last);
        for (int bin = 0; bin < Count; bin++)
            shares[bin] = MathF.Max(0, 1 - MathF.Abs(inside - (First + Step * bin)) / Step);
    }
}
