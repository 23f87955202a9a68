using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Families;

/// <summary>
/// VisualBERT (Li et al. 2019, arXiv 1908.03557) with the cells of a ResNet's last map as visual tokens. The paper takes regions from an
/// object detector; grid cells need no detector, and the projection that the checkpoint brings has the same input width.
/// </summary>
internal static class VisualBertGraph
{
    /// <summary>One vector an item [items, width]. Text without words is its special tokens alone; a missing picture's tokens are masked.</summary>
    /// <param name="graph">the graph</param>
    /// <param name="weights">VisualBERT's weights</param>
    /// <param name="config">VisualBERT's sizes</param>
    /// <param name="text">ids, attention mask and token types, each [items, length]</param>
    /// <param name="picture">maps [items, channels, cells down, cells across], their channels (visual_embedding_dim), and 1 or 0 for an item with or without a picture, [items]</param>
    /// <param name="pooling">how states become one vector</param>
    public static Value Encode(
        GraphBuilder graph, CheckpointWeights weights, BertConfig config, (Value Ids, Value Mask, Value Types) text, (Value Maps, int Channels, Value HasImage) picture, SentencePooling pooling)
    {
        var visual = VisualTokens(graph, weights.Below("embeddings."), config, picture.Maps, picture.Channels);
        var embedded = graph.Concat(1, BertGraph.Embed(graph, weights, config, text.Ids, text.Types), visual);
        var mask = graph.Concat(1, text.Mask, VisualMask(graph, visual, picture.HasImage));
        var state = BertGraph.Encode(graph, weights, config, embedded, SelfAttention.PaddingMask(graph, mask, weights.Type));
        return BertGraph.Pool(graph, weights, config, state, mask, pooling);
    }

    /// <summary>Each cell's features projected, plus token type 1 and position 0 of the visual tables, as Hugging Face fills them in: [items, cells, width].</summary>
    private static Value VisualTokens(GraphBuilder graph, CheckpointWeights embeddings, BertConfig config, Value maps, int channels)
    {
        var cells = graph.Transpose(graph.Reshape(maps, 0, channels, -1), 0, 2, 1);
        var projected = embeddings.Linear(cells, "visual_projection", channels, config.Width);
        var types = embeddings.Stored("visual_token_type_embeddings.weight", config.TokenTypes, config.Width);
        var positions = embeddings.Stored("visual_position_embeddings.weight", config.Positions, config.Width);
        return graph.Add(projected, graph.Add(graph.Gather(types, graph.Integer(1)), graph.Gather(positions, graph.Integer(0))));
    }

    /// <summary>[items, cells] int64: 1 for every cell of a picture that is there.</summary>
    private static Value VisualMask(GraphBuilder graph, Value visual, Value hasImage)
    {
        var itemsAndCells = graph.Slice(graph.Shape(visual), 0, 0, 2);
        return graph.Expand(graph.Unsqueeze(graph.Cast(hasImage, ElementType.Int64), 1), itemsAndCells);
    }
}

/// <summary>VisualBERT together with the ResNet that gives its visual tokens, in one graph.</summary>
internal sealed class VisualBertFamily : IEncoderFamily
{
    public IReadOnlyList<string> ModelTypes => ["visual_bert"];

    public IReadOnlyList<EncoderFolder> Convert(ConversionJob job, ConfigReader? config) => [ConvertOne(job, job.Require(config))];

    private static EncoderFolder ConvertOne(ConversionJob job, ConfigReader reader)
    {
        if (job.Options.ImageBackbone.Length == 0)
            throw new UserErrorException("VisualBERT takes its visual tokens from a ResNet, and none is given; name a ResNet-50 folder as image backbone.");
        if (reader.Flag("bypass_transformer", false))
            reader.Refuse("bypass_transformer", "visual tokens go through all layers");
        var config = BertFamily.Read(reader);
        string backbone = job.Options.ImageBackbone;
        using var resnet = Checkpoint.Open(backbone);
        var image = ImagePreprocessor.Read(backbone, ImagePreprocessor.ImageNet);
        var pooling = job.Options.Pooling ?? SentencePooling.Cls;
        var tokenizer = TokenizerFiles.WordPiece(job.Source, config.Vocabulary, config.Positions, job.Options.MaxLength);
        var graph = new GraphBuilder("visual_bert");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type, job.Checkpoint.Prefix("embeddings.word_embeddings.weight", "", "visual_bert.", "bert."));
        BertFamily.RequirePooler(weights, pooling);

        var text = BertFamily.TextInputs(graph);
        var pixels = job.Pixels(graph, image.Size);
        var hasImage = graph.Input("has_image", ElementType.Float, "items");
        var (maps, channels) = ResNetFamily.Maps(graph, resnet, job.Type, ConfigReader.OpenIfThere(Path.Combine(backbone, "config.json")), pixels);
        if (channels != reader.Count("visual_embedding_dim"))
            reader.Refuse("visual_embedding_dim", $"the ResNet in '{backbone}' gives {channels} channels, and both must be equal");
        reader.RefuseOthers(KnownSettings.Cross);
        var vector = VisualBertGraph.Encode(graph, weights, config, text, (maps, channels, hasImage), pooling);
        job.Embedding(graph, vector, config.Width, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Cross, Image = image }, tokenizer);
    }
}
