using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>The image statistics as ONNX operators.</summary>
internal static class ImageStatisticsGraph
{
    private const double LargestDeviation = 4;   // standardised features are cut here, so that one odd feature can't drown the others

    /// <summary>Pictures [n, 3, 64, 64] of red, green and blue in 0 … 1 to vectors [n, width] of length 1.</summary>
    public static Value Embed(GraphBuilder graph, Value pixels, int width, ulong seed)
    {
        var calibration = ImageCalibration.Measure();
        var features = Features(graph, pixels);
        var centred = graph.Sub(features, graph.Weight("feature_mean", calibration.Mean, calibration.Mean.Length));
        var standard = graph.Mul(centred, graph.Weight("feature_inverse_deviation", calibration.InverseDeviation, calibration.Mean.Length));
        var projection = graph.Weight("projection", Projection(width, seed), calibration.Mean.Length, width);
        return graph.NormalizeLast(graph.MatMul(graph.Clip(standard, -LargestDeviation, LargestDeviation), projection));
    }

    /// <summary>Pictures [n, 3, 64, 64] to the features of <see cref="ImageStatisticsLayout.Blocks"/>, [n, features].</summary>
    public static Value Features(GraphBuilder graph, Value pixels)
    {
        var full = graph.Conv(pixels, graph.Weight("opponent_colours", ImageStatisticsLayout.OpponentColours, 3, 3, 1, 1));
        var half = graph.AveragePool(full, 2, 2);
        var quarter = graph.AveragePool(half, 2, 2);
        var filters = graph.Weight("luminance_filters", ImageStatisticsLayout.LuminanceFilters(), 16, 1, 3, 3);
        var (joint, quadrants) = Histograms(graph, half);
        var (fullEdges, fullTexture) = Filtered(graph, full, filters, ImageStatisticsLayout.Side, edgeGrid: 4);
        var (halfEdges, halfTexture) = Filtered(graph, half, filters, ImageStatisticsLayout.Side / 2, edgeGrid: 4);
        var (quarterEdges, _) = Filtered(graph, quarter, filters, ImageStatisticsLayout.Side / 4, edgeGrid: 2);
        var chroma = graph.Conv(
            PadEdges(graph, graph.Slice(half, 1, 1, 3)), graph.Weight("chroma_filters", ImageStatisticsLayout.ChromaFilters(), 4, 1, 3, 3), groups: 2);
        Value[] roots = [joint, quadrants];
        Value[] pooled = [fullEdges, halfEdges, quarterEdges, fullTexture, halfTexture, graph.AveragePool(graph.Abs(chroma), 16, 16)];
        return graph.Concat(1, [
            .. roots.Select(part => graph.Sqrt(Flat(graph, part))),
            Flat(graph, graph.AveragePool(quarter, 2, 2)),
            Flat(graph, Spread(graph, half)),
            .. pooled.Select(part => graph.Sqrt(Flat(graph, part))),
        ]);
    }

    private static Value Flat(GraphBuilder graph, Value part) => graph.Reshape(part, 0, -1);

    /// <summary>Joint colour histogram [n, 20, 5] and the quadrants' chroma histograms [n, 4, 5, 5], as products of soft bins summed by matrix products.</summary>
    private static (Value Joint, Value Quadrants) Histograms(GraphBuilder graph, Value half)
    {
        var light = Quadrants(graph, Shares(graph, graph.Slice(half, 1, 0, 1), ImageStatisticsLayout.Luminance), 4);
        var red = Quadrants(graph, Shares(graph, graph.Slice(half, 1, 1, 2), ImageStatisticsLayout.Chroma), 5);
        var yellow = graph.Transpose(Quadrants(graph, Shares(graph, graph.Slice(half, 1, 2, 3), ImageStatisticsLayout.Chroma), 5), 0, 1, 3, 2);
        var scale = graph.Scalar(1.0 / 256);
        var quadrants = graph.Mul(graph.MatMul(red, yellow), scale);
        var lightRed = graph.Reshape(graph.Mul(graph.Unsqueeze(light, 3), graph.Unsqueeze(red, 2)), 0, 4, 20, 256);
        var joint = graph.ReduceMean(graph.Mul(graph.MatMul(lightRed, yellow), scale), [1], keep: false);
        return (joint, quadrants);
    }

    /// <summary>[n, 1, h, w] to the shares of each bin [n, bins, h, w].</summary>
    private static Value Shares(GraphBuilder graph, Value channel, SoftBins bins)
    {
        var centres = graph.Weight("bin_centres", bins.Centres, 1, bins.Count, 1, 1);
        var distance = graph.Abs(graph.Sub(graph.Clip(channel, bins.First, bins.Last), centres));
        return graph.Relu(graph.Sub(graph.Scalar(1), graph.Mul(distance, graph.Scalar(1.0 / bins.Step))));
    }

    /// <summary>[n, bins, 32, 32] to [n, quadrant, bins, pixel].</summary>
    private static Value Quadrants(GraphBuilder graph, Value shares, int bins)
    {
        var split = graph.Reshape(shares, 0, bins, 2, 16, 2, 16);
        return graph.Reshape(graph.Transpose(split, 0, 2, 4, 1, 3, 5), 0, 4, bins, 256);
    }

    private static Value Spread(GraphBuilder graph, Value half)
    {
        var mean = graph.AveragePool(half, 8, 8);
        var square = graph.AveragePool(graph.Mul(half, half), 8, 8);
        return graph.Sqrt(graph.Relu(graph.Sub(square, graph.Mul(mean, mean))));
    }

    private static (Value Edges, Value Texture) Filtered(GraphBuilder graph, Value scale, Value filters, int side, int edgeGrid)
    {
        const int edges = ImageStatisticsLayout.Orientations;
        var filtered = graph.Conv(PadEdges(graph, graph.Slice(scale, 1, 0, 1)), filters);
        return (
            graph.AveragePool(graph.Relu(graph.Slice(filtered, 1, 0, edges)), side / edgeGrid, side / edgeGrid),
            graph.AveragePool(graph.Abs(graph.Slice(filtered, 1, edges, edges + ImageStatisticsLayout.Textures)), side / 2, side / 2));
    }

    private static Value PadEdges(GraphBuilder graph, Value planes) =>
        graph.Apply("Pad", [planes, graph.Integers(0, 0, 1, 1, 0, 0, 1, 1)], [("mode", "edge")]);

    /// <summary>Random signs-and-sizes projection [features, width], each feature's row weighted as its block says.</summary>
    private static float[] Projection(int width, ulong seed)
    {
        float[] weights = ImageStatisticsLayout.FeatureWeights();
        float[] projection = new RandomNumbers(seed).Fill((long)weights.Length * width, 1 / MathF.Sqrt(width));
        for (int i = 0; i < projection.Length; i++)
            projection[i] *= weights[i / width];
        return projection;
    }
}
