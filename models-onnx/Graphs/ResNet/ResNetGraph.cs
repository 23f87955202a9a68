using UniM2Rec.Models.Graphs.Weights;

namespace UniM2Rec.Models.Graphs.ResNet;

/// <summary>ResNet (He et al. 2016, arXiv 1512.03385). Batch normalisation is folded into the convolutions.</summary>
internal static class ResNetGraph
{
    private const double BatchNormEpsilon = 1e-5;   // the same in torchvision and Hugging Face

    /// <summary>Pictures [items, 3, height, width] to the last stage's maps [items, channels, height / 32, width / 32].</summary>
    public static (Value Maps, int Channels) Maps(GraphBuilder graph, CheckpointWeights weights, ResNetLayout layout, Value pixels)
    {
        var maps = graph.Relu(Convolve(graph, weights, layout.Stem, pixels));
        maps = graph.MaxPool(maps, size: 3, stride: 2, padding: 1);
        var channels = 0;
        foreach (var block in layout.Blocks)
        {
            var path = maps;
            for (var i = 0; i < block.Convolutions.Count; i++)
            {
                path = Convolve(graph, weights, block.Convolutions[i], path);
                if (i + 1 < block.Convolutions.Count)
                    path = graph.Relu(path);
            }

            var shortcut = block.Shortcut is null ? maps : Convolve(graph, weights, block.Shortcut, maps);
            maps = graph.Relu(graph.Add(path, shortcut));
            channels = (int)weights.Checkpoint.Shape(block.Convolutions[^1].Convolution + ".weight")[0];
        }

        return (maps, channels);
    }

    /// <summary>The mean over a map's positions, [items, channels].</summary>
    public static Value Pool(GraphBuilder graph, Value maps, int channels) =>
        graph.Reshape(graph.Apply("GlobalAveragePool", [maps]), 0, channels);

    private static Value Convolve(GraphBuilder graph, CheckpointWeights weights, NormalizedConvolution part, Value maps)
    {
        var shape = weights.Checkpoint.Shape(part.Convolution + ".weight");
        var (weight, bias) = Fold(weights.Checkpoint, part);
        return graph.Conv(
            maps,
            weights.Computed(part.Convolution + ".folded_weight", weight, [.. shape]),
            weights.Computed(part.Convolution + ".folded_bias", bias, bias.Length),
            stride: part.Stride,
            padding: shape[2] / 2);
    }

    /// <summary>y = γ (W∗x − μ) / √(σ² + ε) + β as one convolution with bias.</summary>
    private static (float[] Weight, float[] Bias) Fold(Checkpoint checkpoint, NormalizedConvolution part)
    {
        var weight = checkpoint.Read(part.Convolution + ".weight");
        var gamma = checkpoint.Read(part.Normalization + ".weight");
        var beta = checkpoint.Read(part.Normalization + ".bias");
        var mean = checkpoint.Read(part.Normalization + ".running_mean");
        var variance = checkpoint.Read(part.Normalization + ".running_var");
        var bias = new float[gamma.Length];
        var each = weight.Length / gamma.Length;
        for (var channel = 0; channel < gamma.Length; channel++)
        {
            var factor = gamma[channel] / Math.Sqrt(variance[channel] + BatchNormEpsilon);
            bias[channel] = (float)(beta[channel] - mean[channel] * factor);
            foreach (ref var value in weight.AsSpan(channel * each, each))
                value = (float)(value * factor);
        }

        return (weight, bias);
    }
}
