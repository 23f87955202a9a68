using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Families;

/// <summary>ResNet (He et al. 2016, arXiv 1512.03385). Batch normalisation is folded into the convolutions.</summary>
internal static class ResNetGraph
{
    private const double BatchNormEpsilon = 1e-5;   // the same in torchvision and Hugging Face

    /// <summary>Pictures [items, 3, height, width] to the last stage's maps [items, channels, height / 32, width / 32].</summary>
    public static (Value Maps, int Channels) Maps(GraphBuilder graph, CheckpointWeights weights, ResNetLayout layout, Value pixels)
    {
        var maps = graph.Relu(Convolve(graph, weights, layout.Stem, pixels));
        maps = graph.MaxPool(maps, size: 3, stride: 2, padding: 1);
        int channels = 0;
        foreach (var block in layout.Blocks)
        {
            var path = maps;
            for (int i = 0; i < block.Convolutions.Count; i++)
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
        float[] weight = checkpoint.Read(part.Convolution + ".weight");
        float[] gamma = checkpoint.Read(part.Normalization + ".weight");
        float[] beta = checkpoint.Read(part.Normalization + ".bias");
        float[] mean = checkpoint.Read(part.Normalization + ".running_mean");
        float[] variance = checkpoint.Read(part.Normalization + ".running_var");
        float[] bias = new float[gamma.Length];
        int each = weight.Length / gamma.Length;
        for (int channel = 0; channel < gamma.Length; channel++)
        {
            double factor = gamma[channel] / Math.Sqrt(variance[channel] + BatchNormEpsilon);
            bias[channel] = (float)(beta[channel] - mean[channel] * factor);
            foreach (ref float value in weight.AsSpan(channel * each, each))
                value = (float)(value * factor);
        }

        return (weight, bias);
    }
}

/// <summary>
/// A ResNet's blocks, read off the names of the weights: Hugging Face's (ResNetModel, ResNetForImageClassification) or torchvision's, which
/// timm uses too. The stride of a block that shrinks sits on its 3 × 3 convolution (ResNet v1.5) unless told otherwise.
/// </summary>
/// <param name="Stem">the first convolution</param>
/// <param name="Blocks">all residual blocks in order</param>
internal sealed record ResNetLayout(NormalizedConvolution Stem, IReadOnlyList<ResNetBlock> Blocks)
{
    /// <summary>Finds out which layout a checkpoint has.</summary>
    /// <param name="checkpoint">the weights</param>
    /// <param name="strideInFirstConvolution">Hugging Face's downsample_in_bottleneck</param>
    /// <param name="shrinkInFirstStage">Hugging Face's downsample_in_first_stage</param>
    /// <exception cref="UserErrorException">It has neither.</exception>
    public static ResNetLayout Detect(Checkpoint checkpoint, bool strideInFirstConvolution = false, bool shrinkInFirstStage = false)
    {
        foreach (string? prefix in new[] { "", "resnet.", "backbone." })
        {
            if (checkpoint.Contains(prefix + "embedder.embedder.convolution.weight"))
                return HuggingFace(checkpoint, prefix, strideInFirstConvolution, shrinkInFirstStage);
            if (checkpoint.Contains(prefix + "conv1.weight") && checkpoint.Contains(prefix + "layer1.0.conv1.weight"))
                return Torchvision(checkpoint, prefix);
        }

        throw new UserErrorException($"the weights in '{checkpoint.Folder}' are named neither like Hugging Face's ResNet (embedder.embedder.convolution.weight) nor like torchvision's (conv1.weight); give a ResNet.");
    }

    private static ResNetLayout HuggingFace(Checkpoint checkpoint, string prefix, bool strideInFirstConvolution, bool shrinkInFirstStage)
    {
        NormalizedConvolution Part(string name, int stride) => new($"{prefix}{name}.convolution", $"{prefix}{name}.normalization", stride);

        var blocks = new List<ResNetBlock>();
        for (int stage = 0; checkpoint.Contains($"{prefix}encoder.stages.{stage}.layers.0.layer.0.convolution.weight"); stage++)
        {
            for (int layer = 0; checkpoint.Contains($"{prefix}encoder.stages.{stage}.layers.{layer}.layer.0.convolution.weight"); layer++)
            {
                string name = $"encoder.stages.{stage}.layers.{layer}";
                int stride = layer == 0 && (stage > 0 || shrinkInFirstStage) ? 2 : 1;
                int count = checkpoint.Contains($"{prefix}{name}.layer.2.convolution.weight") ? 3 : 2;
                int strided = count == 3 && !strideInFirstConvolution ? 1 : 0;
                blocks.Add(new ResNetBlock(
                    [.. Enumerable.Range(0, count).Select(i => Part($"{name}.layer.{i}", i == strided ? stride : 1))],
                    checkpoint.Contains($"{prefix}{name}.shortcut.convolution.weight") ? Part($"{name}.shortcut", stride) : null));
            }
        }

        return new ResNetLayout(Part("embedder.embedder", 2), blocks);
    }

    private static ResNetLayout Torchvision(Checkpoint checkpoint, string prefix)
    {
        var blocks = new List<ResNetBlock>();
        for (int stage = 1; checkpoint.Contains($"{prefix}layer{stage}.0.conv1.weight"); stage++)
        {
            for (int layer = 0; checkpoint.Contains($"{prefix}layer{stage}.{layer}.conv1.weight"); layer++)
            {
                string name = $"{prefix}layer{stage}.{layer}.";
                int stride = layer == 0 && stage > 1 ? 2 : 1;
                int count = checkpoint.Contains(name + "conv3.weight") ? 3 : 2;
                int strided = count == 3 ? 2 : 1;
                blocks.Add(new ResNetBlock(
                    [.. Enumerable.Range(1, count).Select(i => new NormalizedConvolution($"{name}conv{i}", $"{name}bn{i}", i == strided ? stride : 1))],
                    checkpoint.Contains(name + "downsample.0.weight") ? new NormalizedConvolution(name + "downsample.0", name + "downsample.1", stride) : null));
            }
        }

        return new ResNetLayout(new NormalizedConvolution(prefix + "conv1", prefix + "bn1", 2), blocks);
    }
}

/// <summary>One residual block: where its weights are and where it shrinks the picture.</summary>
/// <param name="Convolutions">its convolutions in order</param>
/// <param name="Shortcut">the convolution on the other path, or null where that path changes nothing</param>
internal sealed record ResNetBlock(IReadOnlyList<NormalizedConvolution> Convolutions, NormalizedConvolution? Shortcut);

/// <summary>A convolution without bias and the batch normalisation behind it.</summary>
/// <param name="Convolution">name of the convolution's weights, without ".weight"</param>
/// <param name="Normalization">name of the normalisation's weights, without ".weight"</param>
/// <param name="Stride">pixels from one result to the next</param>
internal sealed record NormalizedConvolution(string Convolution, string Normalization, int Stride);

/// <summary>ResNets in Hugging Face's, timm's and torchvision's form; the vector is the last map's mean.</summary>
internal sealed class ResNetFamily : IEncoderFamily
{
    public IReadOnlyList<string> ModelTypes => ["resnet"];

    public IReadOnlyList<EncoderFolder> Convert(ConversionJob job, ConfigReader? config) => [ConvertOne(job, config)];

    private static EncoderFolder ConvertOne(ConversionJob job, ConfigReader? reader)
    {
        var image = ImagePreprocessor.Read(job.Source, ImagePreprocessor.ImageNet);
        var graph = new GraphBuilder("resnet");
        var (maps, channels) = Maps(graph, job.Checkpoint, job.Type, reader, job.Pixels(graph, image.Size));
        job.Embedding(graph, ResNetGraph.Pool(graph, maps, channels), channels, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Image, Image = image }, tokenizer: null);
    }

    /// <summary>Pictures to the last stage's maps [items, channels, height / 32, width / 32].</summary>
    public static (Value Maps, int Channels) Maps(GraphBuilder graph, Checkpoint checkpoint, ElementType type, ConfigReader? reader, Value pixels)
    {
        if (reader?.Text("hidden_act", "relu") is not (null or "relu"))
            reader!.Refuse("hidden_act", "relu is supported");
        var layout = ResNetLayout.Detect(
            checkpoint, reader?.Flag("downsample_in_bottleneck", false) ?? false, reader?.Flag("downsample_in_first_stage", false) ?? false);
        if (reader is not null && reader.Count("num_channels", 3) != 3)
            reader.Refuse("num_channels", "pictures have three");
        reader?.RequireText("global_pool", "avg");
        reader?.RefuseOthers(KnownSettings.ResNet);
        return ResNetGraph.Maps(graph, new CheckpointWeights(graph, checkpoint, type), layout, pixels);
    }
}
