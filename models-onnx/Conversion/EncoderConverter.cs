using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs.Weights;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Conversion;

/// <summary>Turns a Hugging Face folder into encoder folders, without Python.</summary>
public static class EncoderConverter
{
    /// <summary>The values of config.json's model_type that are supported, beside timm's and torchvision's ResNets.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = ["bert", "resnet", "visual_bert", "clip"];

    /// <summary>
    /// Converts. BERT, ResNet and VisualBERT give one encoder, in <paramref name="outFolder"/>; CLIP gives two, in
    /// <c>outFolder-text</c> and <c>outFolder-image</c>.
    /// </summary>
    /// <param name="huggingFaceFolder">holds config.json, model.safetensors and, for text, the vocabulary</param>
    /// <param name="outFolder">where the encoder is written</param>
    /// <param name="options">what the folder does not say</param>
    /// <param name="progress">told of the weights written</param>
    /// <param name="cancellation">stops the work; an encoder that is not finished has no encoder.json</param>
    /// <exception cref="UserErrorException">The folder holds another architecture, or a file is missing or does not fit.</exception>
    public static IReadOnlyList<EncoderPack> Convert(
        string huggingFaceFolder, string outFolder, ConvertOptions options, IProgressSink progress, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(huggingFaceFolder))
            throw new UserErrorException($"folder '{huggingFaceFolder}' does not exist; give a folder with config.json and model.safetensors.");
        using var checkpoint = Checkpoint.Open(huggingFaceFolder);
        var configPath = Path.Combine(huggingFaceFolder, "config.json");
        var type = ModelType(configPath);
        var job = new ConversionJob(huggingFaceFolder, outFolder, options, checkpoint, progress, cancellation);
        return type switch
        {
            "bert" => [BertConversion.Convert(job, ConfigReader.Open(configPath))],
            "resnet" => [ResNetConversion.Convert(job, ConfigReader.OpenIfThere(configPath))],
            "visual_bert" => [VisualBertConversion.Convert(job, ConfigReader.Open(configPath))],
            "clip" => ClipConversion.Convert(job, ConfigReader.Open(configPath)),
            _ => throw new UserErrorException(
                $"{configPath} says model_type '{type}', which can't be converted; supported are {string.Join(", ", ModelTypes)}"
                + (NearestName.Find(type, ModelTypes) is { } near ? $" (did you mean '{near}'?)" : "")
                + " - a model exported to ONNX elsewhere can be added with 'unim2rec-extract encoders add'."),
        };
    }

    /// <summary>torchvision has no config.json and timm's has no model_type: a ResNet by its architecture's name, or by its weights alone.</summary>
    private static string ModelType(string configPath)
    {
        var config = ConfigReader.OpenIfThere(configPath);
        if (config is null)
            return "resnet";
        return config.Has("architecture") && config.Text("architecture").StartsWith("resnet", StringComparison.Ordinal) ? "resnet" : config.Text("model_type");
    }
}
