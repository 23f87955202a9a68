using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Families;

/// <summary>The two towers of CLIP (Radford et al. 2021, arXiv 2103.00020), with Hugging Face's names of weights.</summary>
internal static class ClipGraph
{
    /// <summary>
    /// Text ids [items, length] to vectors [items, output]: the state at the end-of-text token. A position sees only those before it, so
    /// padding behind the end changes nothing and no attention mask is asked for.
    /// </summary>
    /// <param name="graph">the graph</param>
    /// <param name="weights">the whole model's weights</param>
    /// <param name="config">the tower's sizes</param>
    /// <param name="ids">[items, length]</param>
    /// <param name="tokens">how many there are, how many a text has at most, and the id of the end-of-text token</param>
    public static Value Text(GraphBuilder graph, CheckpointWeights weights, ClipTowerConfig config, Value ids, (int Vocabulary, int Positions, long EndOfText) tokens)
    {
        var (vocabulary, positions, endOfText) = tokens;
        var tower = weights.Below("text_model.");
        var words = graph.Gather(tower.Stored("embeddings.token_embedding.weight", vocabulary, config.Width), ids);
        var length = graph.Gather(graph.Shape(ids), graph.Integers(1));
        var zero = graph.Integers(0);
        var places = graph.Apply("Slice", [tower.Stored("embeddings.position_embedding.weight", positions, config.Width), zero, length, zero]);
        var state = Layers(graph, tower, config, graph.Add(words, places), CausalMask(graph, length, weights.Type));
        state = tower.LayerNorm(state, "final_layer_norm", config.Width, config.Epsilon);

        var isEnd = graph.Cast(graph.Apply("Equal", [ids, graph.Integer(endOfText)], type: ElementType.Bool), ElementType.Int32);
        var end = graph.Apply("ArgMax", [isEnd], [("axis", 1L), ("keepdims", 1L)], ElementType.Int64);
        var last = graph.Apply("GatherND", [state, end], [("batch_dims", 1L)]);
        return graph.MatMul(last, weights.Transposed("text_projection.weight", config.Output, config.Width));
    }

    /// <summary>Pictures [items, 3, side, side] to vectors [items, output]: the state at the class token.</summary>
    public static Value Image(GraphBuilder graph, CheckpointWeights weights, ClipTowerConfig config, Value pixels, int side, int patch)
    {
        var tower = weights.Below("vision_model.");
        int cells = side / patch * (side / patch);
        var patches = graph.Conv(pixels, tower.Stored("embeddings.patch_embedding.weight", config.Width, 3, patch, patch), stride: patch);
        var tokens = graph.Transpose(graph.Reshape(patches, 0, config.Width, cells), 0, 2, 1);
        var items = graph.Slice(graph.Shape(pixels), 0, 0, 1);
        var shape = graph.Concat(0, items, graph.Integers(1, config.Width));
        var classToken = graph.Expand(graph.Reshape(tower.Stored("embeddings.class_embedding", config.Width), 1, 1, config.Width), shape);
        var state = graph.Add(graph.Concat(1, classToken, tokens), tower.Stored("embeddings.position_embedding.weight", cells + 1, config.Width));

        // The misspelling is the checkpoint's.
        state = tower.LayerNorm(state, "pre_layrnorm", config.Width, config.Epsilon);
        state = Layers(graph, tower, config, state, mask: null);
        var pooled = tower.LayerNorm(graph.Gather(state, graph.Integer(0), axis: 1), "post_layernorm", config.Width, config.Epsilon);
        return graph.MatMul(pooled, weights.Transposed("visual_projection.weight", config.Output, config.Width));
    }

    /// <summary>Pre-norm layers.</summary>
    private static Value Layers(GraphBuilder graph, CheckpointWeights tower, ClipTowerConfig config, Value state, Value? mask)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            var weights = tower.Below($"encoder.layers.{layer}.");
            var normed = weights.LayerNorm(state, "layer_norm1", config.Width, config.Epsilon);
            state = graph.Add(state, SelfAttention.Add(
                graph, weights, normed, mask, (config.Width, config.Heads),
                ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj")));
            normed = weights.LayerNorm(state, "layer_norm2", config.Width, config.Epsilon);
            var inner = Activation.Add(graph, weights.Linear(normed, "mlp.fc1", config.Width, config.Inner), config.Activation);
            state = graph.Add(state, weights.Linear(inner, "mlp.fc2", config.Inner, config.Width));
        }

        return state;
    }

    /// <summary>[length, length]: what is added to scores so that no position sees a later one.</summary>
    private static Value CausalMask(GraphBuilder graph, Value length, ElementType type)
    {
        var square = graph.Expand(graph.Scalar(SelfAttention.Masked, type), graph.Concat(0, length, length));
        return graph.Apply("Trilu", [square, graph.Integer(1)], [("upper", 1L)]);
    }
}

/// <summary>The sizes of one of CLIP's two towers.</summary>
/// <param name="Width">hidden_size</param>
/// <param name="Layers">num_hidden_layers</param>
/// <param name="Heads">num_attention_heads</param>
/// <param name="Inner">intermediate_size</param>
/// <param name="Activation">hidden_act</param>
/// <param name="Epsilon">layer_norm_eps</param>
/// <param name="Output">projection_dim: width of the vectors that both towers share</param>
internal sealed record ClipTowerConfig(int Width, int Layers, int Heads, int Inner, string Activation, float Epsilon, int Output);

/// <summary>CLIP with a vision transformer: two encoders into one space.</summary>
internal sealed class ClipFamily : IEncoderFamily
{
    public IReadOnlyList<string> ModelTypes => ["clip"];

    private const int LegacyEndOfText = 2;   // early configurations say 2, and mean the largest id

    public IReadOnlyList<EncoderFolder> Convert(ConversionJob job, ConfigReader? config)
    {
        var reader = job.Require(config);
        int output = reader.Count("projection_dim", 512);
        reader.Section("text_config");
        reader.Section("vision_config");
        reader.RefuseOthers(KnownSettings.Cross);
        return [ConvertText(job, reader.Section("text_config"), output), ConvertImage(job, reader.Section("vision_config"), output)];
    }

    private static EncoderFolder ConvertText(ConversionJob job, ConfigReader reader, int output)
    {
        int vocabulary = reader.Count("vocab_size", 49408);
        int positions = reader.Count("max_position_embeddings", 77);
        int end = reader.Count("eos_token_id", LegacyEndOfText);
        var graph = new GraphBuilder("clip_text");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type);
        var tokenizer = TokenizerFiles.ClipBpe(job.Source, positions, job.Options.MaxLength);
        var ids = graph.Input("input_ids", ElementType.Int64, "items", "length");
        var config = Tower(reader, output, width: 512, heads: 8, inner: 2048);
        var vector = ClipGraph.Text(graph, weights, config, ids, (vocabulary, positions, end == LegacyEndOfText ? vocabulary - 1 : end));
        job.Embedding(graph, vector, output, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Text }, tokenizer, "-text");
    }

    private static EncoderFolder ConvertImage(ConversionJob job, ConfigReader reader, int output)
    {
        int side = reader.Count("image_size", 224);
        int patch = reader.Count("patch_size", 32);
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
        string activation = reader.Text("hidden_act", "quick_gelu");
        if (!Activation.Names.Contains(activation))
            reader.Refuse("hidden_act", $"supported are {string.Join(", ", Activation.Names)}");
        reader.RequireFlag("is_decoder", false, "both towers encode");
        if (reader.Count("num_channels", 3) != 3)
            reader.Refuse("num_channels", "pictures have three");
        width = reader.Count("hidden_size", width);
        heads = reader.Count("num_attention_heads", heads);
        if (width % heads != 0)
            reader.Refuse("num_attention_heads", $"it must divide hidden_size ({width})");
        var tower = new ClipTowerConfig(
            width, reader.Count("num_hidden_layers", 12), heads, reader.Count("intermediate_size", inner),
            activation, (float)reader.Number("layer_norm_eps", 1e-5), output);
        reader.RefuseOthers(KnownSettings.Cross);
        return tower;
    }
}
