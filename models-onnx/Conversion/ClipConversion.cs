using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Graphs.Clip;
using UniM2Rec.Models.Graphs.Transformers;
using UniM2Rec.Models.Graphs.Weights;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Conversion;

/// <summary>CLIP with a vision transformer: two encoders into one space.</summary>
internal static class ClipConversion
{
    private const int LegacyEndOfText = 2;   // early configurations say 2, and mean the largest id

    public static IReadOnlyList<EncoderPack> Convert(ConversionJob job, ConfigReader reader)
    {
        var output = reader.Count("projection_dim", 512);
        return [ConvertText(job, reader.Section("text_config"), output), ConvertImage(job, reader.Section("vision_config"), output)];
    }

    private static EncoderPack ConvertText(ConversionJob job, ConfigReader reader, int output)
    {
        var vocabulary = reader.Count("vocab_size", 49408);
        var positions = reader.Count("max_position_embeddings", 77);
        var end = reader.Count("eos_token_id", LegacyEndOfText);
        var graph = new GraphBuilder("clip_text");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type);
        var tokenizer = TokenizerFiles.ClipBpe(job.Source, positions, job.Options.MaxLength);
        var ids = graph.Input("input_ids", ElementType.Int64, "items", "length");
        var config = Tower(reader, output, width: 512, heads: 8, inner: 2048);
        var vector = ClipGraph.Text(graph, weights, config, ids, vocabulary, positions, end == LegacyEndOfText ? vocabulary - 1 : end);
        job.Embedding(graph, vector, output, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Text }, tokenizer, "-text");
    }

    private static EncoderPack ConvertImage(ConversionJob job, ConfigReader reader, int output)
    {
        var side = reader.Count("image_size", 224);
        var patch = reader.Count("patch_size", 32);
        var image = ImagePreprocessor.Read(job.Source, ImagePreprocessor.Clip with { Size = side });
        if (image.Size != side)
            reader.Refuse("image_size", $"preprocessor_config.json cuts out {image.Size} pixels, and both must be equal");
        if (side % patch != 0)
            reader.Refuse("patch_size", $"it must divide image_size ({side})");
        var graph = new GraphBuilder("clip_image");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type);
        var vector = ClipGraph.Image(graph, weights, Tower(reader, output, width: 768, heads: 12, inner: 3072), job.Pixels(graph, side), side, patch);
        job.Embedding(graph, vector, output, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Image, Image = image }, tokenizer: null, "-image");
    }

    /// <summary>A tower's sizes. Configurations leave out what equals CLIP ViT-B/32.</summary>
    private static ClipTowerConfig Tower(ConfigReader reader, int output, int width, int heads, int inner)
    {
        var activation = reader.Text("hidden_act", "quick_gelu");
        if (!Activation.Names.Contains(activation))
            reader.Refuse("hidden_act", $"supported are {string.Join(", ", Activation.Names)}");
        width = reader.Count("hidden_size", width);
        heads = reader.Count("num_attention_heads", heads);
        if (width % heads != 0)
            reader.Refuse("num_attention_heads", $"it must divide hidden_size ({width})");
        return new ClipTowerConfig(
            width, reader.Count("num_hidden_layers", 12), heads, reader.Count("intermediate_size", inner),
            activation, (float)reader.Number("layer_norm_eps", 1e-5), output);
    }
}
