using UniM2Rec.Models.Graphs.Bert;
using UniM2Rec.Models.Graphs.Transformers;
using UniM2Rec.Models.Graphs.Weights;

namespace UniM2Rec.Models.Graphs.VisualBert;

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
    /// <param name="maps">[items, channels, cells down, cells across]</param>
    /// <param name="channels">channels of the maps = visual_embedding_dim</param>
    /// <param name="hasImage">1 or 0, [items]</param>
    /// <param name="pooling">how states become one vector</param>
    public static Value Encode(
        GraphBuilder graph, CheckpointWeights weights, BertConfig config, (Value Ids, Value Mask, Value Types) text, Value maps, int channels, Value hasImage, SentencePooling pooling)
    {
        var visual = VisualTokens(graph, weights.Below("embeddings."), config, maps, channels);
        var embedded = graph.Concat(1, BertGraph.Embed(graph, weights, config, text.Ids, text.Types), visual);
        var mask = graph.Concat(1, text.Mask, VisualMask(graph, visual, hasImage));
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
