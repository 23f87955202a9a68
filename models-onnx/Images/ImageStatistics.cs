namespace UniM2Rec.Models.Images;

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
        AddFiltered(full[0], edgeGrid: 4, features, out var fullTexture);
        AddFiltered(half[0], edgeGrid: 4, features, out var halfTexture);
        AddFiltered(quarter[0], edgeGrid: 2, features, out _);
        features.AddRange(fullTexture);
        features.AddRange(halfTexture);
        var chroma = ImageStatisticsLayout.ChromaFilters();
        for (var k = 0; k < 4; k++)
            features.AddRange(half[1 + k / 2].Filter(chroma.AsSpan(k * 9, 9)).Map(MathF.Abs).Pool(16).Values.Select(MathF.Sqrt));
        return [.. features];
    }

    private static Plane[] Opponents(ReadOnlySpan<float> pixels)
    {
        const int count = ImageStatisticsLayout.Side * ImageStatisticsLayout.Side;
        var planes = new Plane[3];
        for (var channel = 0; channel < 3; channel++)
        {
            var values = new float[count];
            for (var colour = 0; colour < 3; colour++)
            {
                for (var i = 0; i < count; i++)
                    values[i] += ImageStatisticsLayout.OpponentColours[channel * 3 + colour] * pixels[colour * count + i];
            }

            planes[channel] = new Plane(ImageStatisticsLayout.Side, values);
        }

        return planes;
    }

    private static void AddHistograms(Plane[] half, List<float> features)
    {
        SoftBins light = ImageStatisticsLayout.Luminance, chroma = ImageStatisticsLayout.Chroma;
        var joint = new float[light.Count * chroma.Count * chroma.Count];
        var quadrants = new float[4 * chroma.Count * chroma.Count];
        var side = half[0].Side;
        float[] lights = new float[light.Count], reds = new float[chroma.Count], yellows = new float[chroma.Count];
        for (var i = 0; i < side * side; i++)
        {
            light.Shares(half[0].Values[i], lights);
            chroma.Shares(half[1].Values[i], reds);
            chroma.Shares(half[2].Values[i], yellows);
            var quadrant = i / side / (side / 2) * 2 + i % side / (side / 2);
            for (var a = 0; a < chroma.Count; a++)
            {
                if (reds[a] == 0)
                    continue;
                for (var b = 0; b < chroma.Count; b++)
                {
                    var share = reds[a] * yellows[b];
                    quadrants[(quadrant * chroma.Count + a) * chroma.Count + b] += share * 4 / (side * side);
                    for (var l = 0; l < light.Count; l++)
                        joint[(l * chroma.Count + a) * chroma.Count + b] += share * lights[l] / (side * side);
                }
            }
        }

        features.AddRange(joint.Select(MathF.Sqrt));
        features.AddRange(quadrants.Select(MathF.Sqrt));
    }

    private static IEnumerable<float> Spread(Plane half)
    {
        var means = half.Pool(8).Values;
        var squares = half.Map(v => v * v).Pool(8).Values;
        return means.Zip(squares, (mean, square) => MathF.Sqrt(MathF.Max(0, square - mean * mean)));
    }

    private static void AddFiltered(Plane plane, int edgeGrid, List<float> features, out float[] texture)
    {
        var filters = ImageStatisticsLayout.LuminanceFilters();
        for (var k = 0; k < ImageStatisticsLayout.Orientations; k++)
        {
            var edges = plane.Filter(filters.AsSpan(k * 9, 9)).Map(v => MathF.Max(0, v)).Pool(plane.Side / edgeGrid);
            features.AddRange(edges.Values.Select(MathF.Sqrt));
        }

        texture = [.. Enumerable.Range(ImageStatisticsLayout.Orientations, ImageStatisticsLayout.Textures)
            .SelectMany(k => plane.Filter(filters.AsSpan(k * 9, 9)).Map(MathF.Abs).Pool(plane.Side / 2).Values)
            .Select(MathF.Sqrt)];
    }
}
