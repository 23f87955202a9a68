using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs.Weights;

namespace UniM2Rec.Models.Graphs.ResNet;

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
        foreach (var prefix in new[] { "", "resnet.", "backbone." })
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
        for (var stage = 0; checkpoint.Contains($"{prefix}encoder.stages.{stage}.layers.0.layer.0.convolution.weight"); stage++)
        {
            for (var layer = 0; checkpoint.Contains($"{prefix}encoder.stages.{stage}.layers.{layer}.layer.0.convolution.weight"); layer++)
            {
                var name = $"encoder.stages.{stage}.layers.{layer}";
                var stride = layer == 0 && (stage > 0 || shrinkInFirstStage) ? 2 : 1;
                var count = checkpoint.Contains($"{prefix}{name}.layer.2.convolution.weight") ? 3 : 2;
                var strided = count == 3 && !strideInFirstConvolution ? 1 : 0;
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
        for (var stage = 1; checkpoint.Contains($"{prefix}layer{stage}.0.conv1.weight"); stage++)
        {
            for (var layer = 0; checkpoint.Contains($"{prefix}layer{stage}.{layer}.conv1.weight"); layer++)
            {
                var name = $"{prefix}layer{stage}.{layer}.";
                var stride = layer == 0 && stage > 1 ? 2 : 1;
                var count = checkpoint.Contains(name + "conv3.weight") ? 3 : 2;
                var strided = count == 3 ? 2 : 1;
                blocks.Add(new ResNetBlock(
                    [.. Enumerable.Range(1, count).Select(i => new NormalizedConvolution($"{name}conv{i}", $"{name}bn{i}", i == strided ? stride : 1))],
                    checkpoint.Contains(name + "downsample.0.weight") ? new NormalizedConvolution(name + "downsample.0", name + "downsample.1", stride) : null));
            }
        }

        return new ResNetLayout(new NormalizedConvolution(prefix + "conv1", prefix + "bn1", 2), blocks);
    }
}
