using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Graphs.Bert;
using UniM2Rec.Models.Graphs.VisualBert;
using UniM2Rec.Models.Graphs.Weights;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Conversion;

/// <summary>VisualBERT together with the ResNet that gives its visual tokens, in one graph.</summary>
internal static class VisualBertConversion
{
    public static EncoderPack Convert(ConversionJob job, ConfigReader reader)
    {
        if (job.Options.ImageBackbone.Length == 0)
            throw new UserErrorException("VisualBERT takes its visual tokens from a ResNet, and none is given; name a ResNet-50 folder as image backbone.");
        if (reader.Flag("bypass_transformer", false))
            reader.Refuse("bypass_transformer", "visual tokens go through all layers");
        var config = BertConversion.Read(reader);
        var backbone = job.Options.ImageBackbone;
        using var resnet = Checkpoint.Open(backbone);
        var image = ImagePreprocessor.Read(backbone, ImagePreprocessor.ImageNet);
        var pooling = job.Options.Pooling ?? SentencePooling.Cls;
        var tokenizer = TokenizerFiles.WordPiece(job.Source, config.Vocabulary, config.Positions, job.Options.MaxLength);
        var graph = new GraphBuilder("visual_bert");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type, job.Checkpoint.Prefix("embeddings.word_embeddings.weight", "", "visual_bert.", "bert."));
        BertConversion.RequirePooler(weights, pooling);

        var text = BertConversion.TextInputs(graph);
        var pixels = job.Pixels(graph, image.Size);
        var hasImage = graph.Input("has_image", ElementType.Float, "items");
        var (maps, channels) = ResNetConversion.Maps(graph, resnet, job.Type, ConfigReader.OpenIfThere(Path.Combine(backbone, "config.json")), pixels);
        if (channels != reader.Count("visual_embedding_dim"))
            reader.Refuse("visual_embedding_dim", $"the ResNet in '{backbone}' gives {channels} channels, and both must be equal");
        var vector = VisualBertGraph.Encode(graph, weights, config, text, maps, channels, hasImage, pooling);
        job.Embedding(graph, vector, config.Width, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Cross, Image = image }, tokenizer);
    }
}
