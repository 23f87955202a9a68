using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace UniM2Rec.Tests.Conversion;

/// <summary>A small ResNet in torchvision's layout, in Torch with batch normalisation unfolded, and its Hugging Face names.</summary>
internal static class TorchResNet
{
    private static readonly int[] Depths = [2, 1, 1, 2];

    /// <summary>Channels of the last map.</summary>
    public const int Channels = 64;

    public static RandomCheckpoint Weights(bool bottleneck, ulong seed = 11)
    {
        var w = new RandomCheckpoint(seed).Convolution("conv1", "bn1", 8, 3, 7);
        long input = 8;
        for (int stage = 0; stage < 4; stage++)
        {
            long output = 8L << stage, inner = output / 4;
            for (int layer = 0; layer < Depths[stage]; layer++)
            {
                string at = $"layer{stage + 1}.{layer}.";
                if (bottleneck)
                    w.Convolution(at + "conv1", at + "bn1", inner, input, 1).Convolution(at + "conv2", at + "bn2", inner, inner, 3).Convolution(at + "conv3", at + "bn3", output, inner, 1);
                else
                    w.Convolution(at + "conv1", at + "bn1", output, input, 3).Convolution(at + "conv2", at + "bn2", output, output, 3);
                if (layer == 0 && (stage > 0 || bottleneck))
                    w.Convolution(at + "downsample.0", at + "downsample.1", output, input, 1);
                input = output;
            }
        }

        return w;
    }

    public static Tensor Maps(RandomCheckpoint w, Tensor pixels)
    {
        var x = max_pool2d(relu(Convolve(w, "conv1", "bn1", pixels, 2)), 3, 2, 1);
        for (int stage = 0; stage < 4; stage++)
        {
            for (int layer = 0; layer < Depths[stage]; layer++)
            {
                string at = $"layer{stage + 1}.{layer}.";
                int stride = stage > 0 && layer == 0 ? 2 : 1;
                var shortcut = w.Has(at + "downsample.0.weight") ? Convolve(w, at + "downsample.0", at + "downsample.1", x, stride) : x;
                bool bottleneck = w.Has(at + "conv3.weight");
                var path = relu(Convolve(w, at + "conv1", at + "bn1", x, bottleneck ? 1 : stride));
                path = Convolve(w, at + "conv2", at + "bn2", path, bottleneck ? stride : 1);
                if (bottleneck)
                    path = Convolve(w, at + "conv3", at + "bn3", relu(path), 1);
                x = relu(path + shortcut);
            }
        }

        return x;
    }

    /// <summary>torchvision's name of a weight as Hugging Face's ResNetForImageClassification has it.</summary>
    public static string HuggingFaceName(string name)
    {
        if (!name.StartsWith("layer", StringComparison.Ordinal))
            return name.Replace("conv1.", "resnet.embedder.embedder.convolution.").Replace("bn1.", "resnet.embedder.embedder.normalization.");
        string[] parts = name.Split('.', 3);
        string rest = parts[2]
            .Replace("downsample.0", "shortcut.convolution").Replace("downsample.1", "shortcut.normalization")
            .Replace("conv1", "layer.0.convolution").Replace("conv2", "layer.1.convolution").Replace("conv3", "layer.2.convolution")
            .Replace("bn1", "layer.0.normalization").Replace("bn2", "layer.1.normalization").Replace("bn3", "layer.2.normalization");
        return $"resnet.encoder.stages.{int.Parse(parts[0][5..]) - 1}.layers.{parts[1]}.{rest}";
    }

    private static Tensor Convolve(RandomCheckpoint w, string convolution, string norm, Tensor x, int stride)
    {
        var weight = w[convolution + ".weight"];
        long padding = weight.shape[2] / 2;
        var y = conv2d(x, weight, strides: [stride, stride], padding: [padding, padding]);
        return batch_norm(y, w[norm + ".running_mean"], w[norm + ".running_var"], w[norm + ".weight"], w[norm + ".bias"]);
    }
}
