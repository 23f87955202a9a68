using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Graphs.Bert;
using UniM2Rec.Models.Graphs.Transformers;
using UniM2Rec.Models.Graphs.Weights;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Conversion;

/// <summary>BERT and sentence encoders of its shape (MiniLM, BGE, GTE's first version and the like).</summary>
internal static class BertConversion
{
    public static EncoderPack Convert(ConversionJob job, ConfigReader reader)
    {
        var config = Read(reader);
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
        var width = reader.Count("hidden_size");
        var heads = reader.Count("num_attention_heads");
        if (width % heads != 0)
            reader.Refuse("num_attention_heads", $"it must divide hidden_size ({width})");
        if (reader.Has("embedding_size") && reader.Count("embedding_size") != width)
            reader.Refuse("embedding_size", $"it must equal hidden_size ({width})");
        var activation = reader.Text("hidden_act", "gelu");
        if (!Activation.Names.Contains(activation))
            reader.Refuse("hidden_act", $"supported are {string.Join(", ", Activation.Names)}");
        return new BertConfig(
            reader.Count("vocab_size"), width, reader.Count("num_hidden_layers"), heads, reader.Count("intermediate_size"),
            reader.Count("max_position_embeddings"), reader.Count("type_vocab_size"), activation, (float)reader.Number("layer_norm_eps", 1e-12));
    }
}
