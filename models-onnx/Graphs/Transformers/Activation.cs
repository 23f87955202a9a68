using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Graphs.Transformers;

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
