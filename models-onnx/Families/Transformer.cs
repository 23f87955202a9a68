using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Families;

/// <summary>Multi-head self-attention, in the order of operators that ONNX Runtime fuses into one where it can.</summary>
internal static class SelfAttention
{
    /// <summary>Added to the score of a position that must not be looked at: its share after softmax is exactly zero, and float16 can hold it.</summary>
    public const double Masked = -10_000;

    /// <summary>x [items, length, width] to [items, length, width], output projection included.</summary>
    /// <param name="graph">the graph</param>
    /// <param name="weights">where the four linear layers are</param>
    /// <param name="x">[items, length, width]</param>
    /// <param name="mask">0 or <see cref="Masked"/>, broadcast to [items, heads, length, length]; null where every position sees every other</param>
    /// <param name="sizes">width of x, and number of heads</param>
    /// <param name="names">names of the query, key, value and output layers</param>
    public static Value Add(
        GraphBuilder graph, CheckpointWeights weights, Value x, Value? mask, (int Width, int Heads) sizes, (string Query, string Key, string Value, string Output) names)
    {
        var (width, heads) = sizes;
        int depth = width / heads;
        Value Split(string layer, params long[] order) =>
            graph.Transpose(graph.Reshape(weights.Linear(x, layer, width, width), 0, 0, heads, depth), order);

        var query = Split(names.Query, 0, 2, 1, 3);
        var key = Split(names.Key, 0, 2, 3, 1);
        var value = Split(names.Value, 0, 2, 1, 3);
        var scores = graph.Div(graph.MatMul(query, key), graph.Scalar(Math.Sqrt(depth), x.Type));
        var shares = graph.Softmax(mask is { } m ? graph.Add(scores, m) : scores, -1);
        var context = graph.Transpose(graph.MatMul(shares, value), 0, 2, 1, 3);
        return weights.Linear(graph.Reshape(context, 0, 0, width), names.Output, width, width);
    }

    /// <summary>An attention mask [items, length] of ones and zeros as what is added to scores, [items, 1, 1, length].</summary>
    public static Value PaddingMask(GraphBuilder graph, Value mask, ElementType type)
    {
        var floats = graph.Cast(graph.Unsqueeze(graph.Unsqueeze(mask, 1), 2), type);
        return graph.Mul(graph.Sub(graph.Scalar(1, type), floats), graph.Scalar(Masked, type));
    }
}

/// <summary>The activations that Hugging Face configurations name.</summary>
internal static class Activation
{
    /// <summary>Names that are known.</summary>
    public static readonly IReadOnlyList<string> Names = ["gelu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "relu"];

    /// <summary>Adds the named activation.</summary>
    /// <exception cref="UserErrorException">The name is not known.</exception>
    public static Value Add(GraphBuilder graph, Value x, string name) => name switch
    {
        "gelu" => Gelu(graph, x),
        "gelu_new" or "gelu_pytorch_tanh" => TanhGelu(graph, x),
        "quick_gelu" => graph.Mul(x, graph.Sigmoid(graph.Mul(x, graph.Scalar(1.702, x.Type)))),
        "relu" => graph.Relu(x),
        _ => throw new UserErrorException($"config.json asks for the activation '{name}', which is not supported; supported are {string.Join(", ", Names)}."),
    };

    /// <summary>x/2 · (1 + erf(x/√2)), in the order of operators that ONNX Runtime fuses into one.</summary>
    private static Value Gelu(GraphBuilder graph, Value x)
    {
        var erf = graph.Erf(graph.Div(x, graph.Scalar(Math.Sqrt(2), x.Type)));
        return graph.Mul(graph.Mul(x, graph.Add(erf, graph.Scalar(1, x.Type))), graph.Scalar(0.5, x.Type));
    }

    /// <summary>x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).</summary>
    private static Value TanhGelu(GraphBuilder graph, Value x)
    {
        var cube = graph.Mul(graph.Mul(x, x), x);
        var inner = graph.Mul(graph.Add(x, graph.Mul(cube, graph.Scalar(0.044715, x.Type))), graph.Scalar(Math.Sqrt(2 / Math.PI), x.Type));
        return graph.Mul(graph.Mul(x, graph.Add(graph.Tanh(inner), graph.Scalar(1, x.Type))), graph.Scalar(0.5, x.Type));
    }
}
