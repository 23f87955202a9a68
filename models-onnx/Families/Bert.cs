using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Families;

/// <summary>BERT (Devlin et al. 2019, arXiv 1810.04805), with Hugging Face's names of weights. States are [items, length, width].</summary>
internal static class BertGraph
{
    /// <summary>Token, position and token-type vectors, added; not yet normalised.</summary>
    public static Value Embed(GraphBuilder graph, CheckpointWeights weights, BertConfig config, Value ids, Value tokenTypes)
    {
        var embeddings = weights.Below("embeddings.");
        var words = graph.Gather(embeddings.Stored("word_embeddings.weight", config.Vocabulary, config.Width), ids);
        var types = graph.Gather(embeddings.Stored("token_type_embeddings.weight", config.TokenTypes, config.Width), tokenTypes);
        var length = graph.Gather(graph.Shape(ids), graph.Integers(1));
        var positions = graph.Apply("Slice", [embeddings.Stored("position_embeddings.weight", config.Positions, config.Width), graph.Integers(0), length, graph.Integers(0)]);
        return graph.Add(graph.Add(words, types), positions);
    }

    /// <summary>The normalisation of the embeddings, then all layers.</summary>
    /// <param name="graph">the graph</param>
    /// <param name="weights">the model's weights</param>
    /// <param name="config">the model's sizes</param>
    /// <param name="embedded">[items, length, width]</param>
    /// <param name="mask">what is added to attention scores</param>
    public static Value Encode(GraphBuilder graph, CheckpointWeights weights, BertConfig config, Value embedded, Value mask)
    {
        var state = weights.LayerNorm(embedded, "embeddings.LayerNorm", config.Width, config.Epsilon);
        for (int layer = 0; layer < config.Layers; layer++)
            state = Layer(graph, weights.Below($"encoder.layer.{layer}."), config, state, mask);
        return state;
    }

    /// <summary>States to one vector an item [items, width].</summary>
    public static Value Pool(GraphBuilder graph, CheckpointWeights weights, BertConfig config, Value state, Value attentionMask, SentencePooling pooling)
    {
        switch (pooling)
        {
            case SentencePooling.Mean:
                var marks = graph.Unsqueeze(graph.Cast(attentionMask, state.Type), 2);
                var count = graph.Max(graph.ReduceSum(marks, [1], keep: false), graph.Scalar(1, state.Type));
                return graph.Div(graph.ReduceSum(graph.Mul(state, marks), [1], keep: false), count);
            case SentencePooling.Max:
                var shown = graph.Unsqueeze(graph.Greater(attentionMask, graph.Integer(0)), 2);
                return graph.Apply("ReduceMax", [graph.Where(shown, state, graph.Scalar(SelfAttention.Masked, state.Type))], [("axes", [1L]), ("keepdims", 0L)]);
            case SentencePooling.Pooler:
                return graph.Tanh(weights.Linear(First(graph, state), "pooler.dense", config.Width, config.Width));
            default:
                return First(graph, state);
        }
    }

    private static Value First(GraphBuilder graph, Value state) => graph.Gather(state, graph.Integer(0), axis: 1);

    private static Value Layer(GraphBuilder graph, CheckpointWeights weights, BertConfig config, Value state, Value mask)
    {
        var attended = SelfAttention.Add(
            graph, weights, state, mask, (config.Width, config.Heads),
            ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"));
        state = weights.LayerNorm(graph.Add(attended, state), "attention.output.LayerNorm", config.Width, config.Epsilon);
        var inner = Activation.Add(graph, weights.Linear(state, "intermediate.dense", config.Width, config.Inner), config.Activation);
        var output = weights.Linear(inner, "output.dense", config.Inner, config.Width);
        return weights.LayerNorm(graph.Add(output, state), "output.LayerNorm", config.Width, config.Epsilon);
    }
}

/// <summary>What a BERT's config.json says.</summary>
/// <param name="Vocabulary">number of tokens</param>
/// <param name="Width">hidden_size</param>
/// <param name="Layers">num_hidden_layers</param>
/// <param name="Heads">num_attention_heads</param>
/// <param name="Inner">intermediate_size</param>
/// <param name="Positions">max_position_embeddings</param>
/// <param name="TokenTypes">type_vocab_size</param>
/// <param name="Activation">hidden_act</param>
/// <param name="Epsilon">layer_norm_eps</param>
internal sealed record BertConfig(int Vocabulary, int Width, int Layers, int Heads, int Inner, int Positions, int TokenTypes, string Activation, float Epsilon);

/// <summary>BERT and sentence encoders of its shape (MiniLM, BGE, GTE's first version and the like).</summary>
internal sealed class BertFamily : IEncoderFamily
{
    public IReadOnlyList<string> ModelTypes => ["bert"];

    public IReadOnlyList<EncoderFolder> Convert(ConversionJob job, ConfigReader? config) => [ConvertOne(job, job.Require(config))];

    private static EncoderFolder ConvertOne(ConversionJob job, ConfigReader reader)
    {
        var config = Read(reader);
        reader.RefuseOthers(KnownSettings.Model);
        var modules = SentenceModules.Read(job.Source);
        var pooling = job.Options.Pooling ?? modules.Pooling ?? SentencePooling.Cls;
        var tokenizer = TokenizerFiles.WordPiece(job.Source, config.Vocabulary, config.Positions, job.Options.MaxLength);
        var graph = new GraphBuilder("bert");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type, job.Checkpoint.Prefix("embeddings.word_embeddings.weight", "", "bert."));
        RequirePooler(weights, pooling);

        var (ids, mask, types) = TextInputs(graph);
        var embedded = BertGraph.Embed(graph, weights, config, ids, types);
        var state = BertGraph.Encode(graph, weights, config, embedded, SelfAttention.PaddingMask(graph, mask, job.Type));
        job.Embedding(graph, BertGraph.Pool(graph, weights, config, state, mask, pooling), config.Width, job.Options.Normalize ?? modules.Normalize);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Text }, tokenizer);
    }

    /// <summary>Declares the three inputs of a BERT, each int64 [items, length].</summary>
    public static (Value Ids, Value Mask, Value Types) TextInputs(GraphBuilder graph) => (
        graph.Input("input_ids", ElementType.Int64, "items", "length"),
        graph.Input("attention_mask", ElementType.Int64, "items", "length"),
        graph.Input("token_type_ids", ElementType.Int64, "items", "length"));

    /// <summary>Refuses pooler pooling where the checkpoint brings no pooler.</summary>
    public static void RequirePooler(CheckpointWeights weights, SentencePooling pooling)
    {
        if (pooling == SentencePooling.Pooler && !weights.Has("pooler.dense.weight"))
            throw new UserErrorException($"pooling 'pooler' is asked for, but the weights in '{weights.Checkpoint.Folder}' hold no pooler.dense; choose cls, mean or max.");
    }

    /// <summary>The sizes in config.json.</summary>
    /// <exception cref="UserErrorException">A value is missing, wrong, or means a model that is not built here.</exception>
    public static BertConfig Read(ConfigReader reader)
    {
        if (reader.Text("position_embedding_type", "absolute") != "absolute")
            reader.Refuse("position_embedding_type", "absolute positions are supported");
        if (reader.Flag("is_decoder", false))
            reader.Refuse("is_decoder", "an encoder is needed");
        int width = reader.Count("hidden_size");
        int heads = reader.Count("num_attention_heads");
        if (width % heads != 0)
            reader.Refuse("num_attention_heads", $"it must divide hidden_size ({width})");
        if (reader.Has("embedding_size") && reader.Count("embedding_size") != width)
            reader.Refuse("embedding_size", $"it must equal hidden_size ({width})");
        string activation = reader.Text("hidden_act", "gelu");
        if (!Activation.Names.Contains(activation))
            reader.Refuse("hidden_act", $"supported are {string.Join(", ", Activation.Names)}");
        return new BertConfig(
            reader.Count("vocab_size"), width, reader.Count("num_hidden_layers"), heads, reader.Count("intermediate_size"),
            reader.Count("max_position_embeddings"), reader.Count("type_vocab_size"), activation, (float)reader.Number("layer_norm_eps", 1e-12));
    }
}
