using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Conversion;

/// <summary>Turns a Hugging Face folder into encoder folders, without Python.</summary>
public static class EncoderConverter
{
    /// <summary>The values of config.json's model_type that are supported, beside timm's and torchvision's ResNets.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = [.. EncoderFamilies.All.SelectMany(family => family.ModelTypes).Order(StringComparer.Ordinal)];

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
    public static IReadOnlyList<EncoderFolder> Convert(
        string huggingFaceFolder, string outFolder, ConvertOptions options, IProgressSink progress, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(huggingFaceFolder))
            throw new UserErrorException($"folder '{huggingFaceFolder}' does not exist; give a folder with config.json and model.safetensors.");
        using var checkpoint = Checkpoint.Open(huggingFaceFolder);
        string configPath = Path.Combine(huggingFaceFolder, "config.json");
        string type = ModelType(configPath);
        var job = new ConversionJob(huggingFaceFolder, outFolder, options, checkpoint, progress, cancellation);
        var family = EncoderFamilies.All.FirstOrDefault(f => f.ModelTypes.Contains(type)) ?? throw new UserErrorException(
            $"{configPath} says model_type '{type}', which can't be converted{NearestName.Suggestion(type, ModelTypes)}; supported are {string.Join(", ", ModelTypes)}"
            + " - a model exported to ONNX elsewhere can be added with 'unim2rec-extract encoders add'.");
        return family.Convert(job, ConfigReader.OpenIfThere(configPath));
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

/// <summary>What a conversion can't read from the folder, or is told to do otherwise.</summary>
public sealed record ConvertOptions
{
    /// <summary>Name of the encoder; empty = the output folder's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Precision of weights and arithmetic.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Pooling of BERT and VisualBERT; null = what 1_Pooling/config.json says, else the first position.</summary>
    public SentencePooling? Pooling { get; init; }

    /// <summary>Whether vectors are brought to unit length; null = what modules.json says, else no.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Longest text in tokens; 0 = what the folder says. Never more than the model has positions.</summary>
    public int MaxLength { get; init; }

    /// <summary>VisualBERT only: folder of the ResNet whose last map gives the visual tokens.</summary>
    public string ImageBackbone { get; init; } = "";

    /// <summary>With more bytes of weights than this, they go into a file beside the model.</summary>
    public long ExternalDataThreshold { get; init; } = OnnxFile.LargestInlineBytes;
}

/// <summary>Precision of a converted model's weights and arithmetic. Inputs and outputs are float32 either way.</summary>
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>16-bit floating point: half the size; faster on GPUs, slower on most CPUs.</summary>
    Float16,
}

/// <summary>One conversion: where from, where to, and how an encoder is written.</summary>
internal sealed record ConversionJob(
    string Source, string Target, ConvertOptions Options, Checkpoint Checkpoint, IProgressSink Progress, CancellationToken Cancellation)
{
    /// <summary>The folder's config.json, where a family can't do without one.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public ConfigReader Require(ConfigReader? config) => config ?? ConfigReader.Open(Path.Combine(Source, "config.json"));

    /// <summary>Name of every converted model's output.</summary>
    public const string Output = "embedding";

    /// <summary>Element type of weights and arithmetic.</summary>
    public ElementType Type => Options.Precision == Precision.Float16 ? ElementType.Float16 : ElementType.Float;

    /// <summary>Declares a float32 input of pictures and brings it to the graph's precision.</summary>
    public Value Pixels(GraphBuilder graph, int side) =>
        graph.Cast(graph.Input("pixel_values", ElementType.Float, "items", 3, side, side), Type);

    /// <summary>Declares the output, at unit length where asked for, as float32 [items, width].</summary>
    public void Embedding(GraphBuilder graph, Value vector, int width, bool normalize)
    {
        var answer = graph.Cast(vector, ElementType.Float);
        graph.Output(normalize ? graph.NormalizeLast(answer) : answer, Output, "items", width);
    }

    /// <summary>Writes an encoder; <paramref name="suffix"/> is added to the folder and the name.</summary>
    public EncoderFolder Write(GraphBuilder graph, EncoderConfig config, TokenizerFiles? tokenizer, string suffix = "")
    {
        string folder = Path.TrimEndingDirectorySeparator(Target) + suffix;
        string name = Options.Name.Length > 0 ? Options.Name + suffix : Path.GetFileName(folder);
        using var task = Progress.Start($"writing {name}", graph.WeightBytes, "bytes");
        var file = new OnnxFile { ExternalDataThreshold = Options.ExternalDataThreshold, Written = task.Advance };
        return EncoderFolderWriter.Write(
            folder, config with { Name = name, Tokenizer = tokenizer?.Specification, Output = Output }, graph, tokenizer?.WriteFiles, file, Cancellation);
    }
}
