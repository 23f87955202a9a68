using UniM2Rec.Models.Graphs.Transformers;
using UniM2Rec.Models.Graphs.Weights;

namespace UniM2Rec.Models.Graphs.Bert;

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
        for (var layer = 0; layer < config.Layers; layer++)
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
            graph, weights, state, mask, config.Width, config.Heads,
            ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"));
        state = weights.LayerNorm(graph.Add(attended, state), "attention.output.LayerNorm", config.Width, config.Epsilon);
        var inner = Activation.Add(graph, weights.Linear(state, "intermediate.dense", config.Width, config.Inner), config.Activation);
        var output = weights.Linear(inner, "output.dense", config.Inner, config.Width);
        return weights.LayerNorm(graph.Add(output, state), "output.LayerNorm", config.Width, config.Epsilon);
    }
}
