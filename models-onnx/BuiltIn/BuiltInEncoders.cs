using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>The encoders that this project makes itself, with no download and no training. The same call always writes the same bytes.</summary>
public static class BuiltInEncoders
{
    /// <summary>Words and word pairs as fixed random vectors; needs no catalogue.</summary>
    public const string TextHash = "text-hash";

    /// <summary>Colour, edge and texture statistics.</summary>
    public const string ImageStats = "image-stats";

    /// <summary>Text and picture side by side and multiplied; answers when one is missing.</summary>
    public const string CrossFusion = "cross-fusion";

    private const int TextWidth = 768;
    private const int ImageWidth = 512;
    private const int MaxTerms = 128;
    private const ulong TextSeed = 0x7E87;
    private const ulong ImageSeed = 0x1336E;

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [TextHash, ImageStats, CrossFusion];

    /// <summary>Writes an encoder into a folder, which is made where it does not exist. encoder.json comes last: without it the folder is no encoder.</summary>
    /// <exception cref="UserErrorException">There is no built-in encoder of that name.</exception>
    public static EncoderFolder Create(string name, string folder, IStorage? storage = null)
    {
        var graph = new GraphBuilder(name);
        var config = name switch
        {
            TextHash => AddTextHash(graph),
            ImageStats => AddImageStats(graph),
            CrossFusion => AddCrossFusion(graph),
            _ => throw new UserErrorException(
                $"there is no built-in encoder '{name}'; known are {string.Join(", ", Names)}"
                + (NearestName.Find(name, Names) is { } near ? $" - did you mean '{near}'?" : ".")),
        };
        return EncoderFolderWriter.Write(folder, config with { Name = name }, graph, file: new OnnxFile { Storage = storage });
    }

    internal static ImageSpec Pixels { get; } = new()
    {
        Size = ImageStatisticsLayout.Side,
        ResizeMode = ResizeMode.Stretch,
        Interpolation = Interpolation.Area,
    };

    private static EncoderConfig AddTextHash(GraphBuilder graph)
    {
        var (ids, counts) = TextGraphs.Inputs(graph);
        var sum = TextGraphs.HashedSum(graph, ids, counts, TextWidth, TextSeed);
        graph.Output(graph.NormalizeLast(sum, Math.Sqrt(TextWidth) / 2), TextGraphs.OutputName, "items", TextWidth);
        return new EncoderConfig { Modality = EncoderModality.Text, Tokenizer = HashedTerms(), Output = TextGraphs.OutputName };
    }

    private static EncoderConfig AddImageStats(GraphBuilder graph)
    {
        var pixels = ImageInput(graph);
        var vector = graph.Mul(ImageStatisticsGraph.Embed(graph, pixels, ImageWidth, ImageSeed), graph.Scalar(Math.Sqrt(ImageWidth) / 2));
        graph.Output(vector, TextGraphs.OutputName, "items", ImageWidth);
        return new EncoderConfig { Modality = EncoderModality.Image, Image = Pixels, Output = TextGraphs.OutputName };
    }

    private static EncoderConfig AddCrossFusion(GraphBuilder graph)
    {
        var (ids, counts) = TextGraphs.Inputs(graph);
        var pixels = ImageInput(graph);
        CrossGraph.AddFusion(
            graph,
            TextGraphs.HashedSum(graph, ids, counts, CrossGraph.SideWidth, TextSeed),
            ImageStatisticsGraph.Embed(graph, pixels, CrossGraph.SideWidth, ImageSeed));
        return new EncoderConfig { Modality = EncoderModality.Cross, Tokenizer = HashedTerms(), Image = Pixels, Output = TextGraphs.OutputName };
    }

    internal static Value ImageInput(GraphBuilder graph) =>
        graph.Input("pixel_values", ElementType.Float, "items", 3, ImageStatisticsLayout.Side, ImageStatisticsLayout.Side);

    internal static ulong ImageProjectionSeed => ImageSeed;

    private static TokenizerSpec HashedTerms() => new() { Type = TokenizerType.HashedNgrams, MaxLength = MaxTerms, MaxWords = 2 };
}
