using UniM2Rec.Models.Graphs.Transformers;
using UniM2Rec.Models.Graphs.Weights;

namespace UniM2Rec.Models.Graphs.Clip;

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
    /// <param name="vocabulary">number of tokens</param>
    /// <param name="positions">longest text</param>
    /// <param name="endOfText">id of the end-of-text token</param>
    public static Value Text(GraphBuilder graph, CheckpointWeights weights, ClipTowerConfig config, Value ids, int vocabulary, int positions, long endOfText)
    {
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
        var cells = side / patch * (side / patch);
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
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var weights = tower.Below($"encoder.layers.{layer}.");
            var normed = weights.LayerNorm(state, "layer_norm1", config.Width, config.Epsilon);
            state = graph.Add(state, SelfAttention.Add(
                graph, weights, normed, mask, config.Width, config.Heads,
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
