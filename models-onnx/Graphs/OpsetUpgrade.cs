using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Graphs;

/// <summary>Brings a node of an older operator set to the one that graphs are written in (<see cref="OnnxFile.Opset"/>, 17).</summary>
internal static class OpsetUpgrade
{
    /// <summary>
    /// The operator set since which an operator's inputs, attributes and meaning are those of 17 (onnx/onnx, docs/Changelog.md); what came
    /// after only added element types or attributes whose default is the old meaning.
    /// </summary>
    private static readonly Dictionary<string, int> UnchangedSince = new()
    {
        ["Add"] = 7, ["AveragePool"] = 7, ["BatchNormalization"] = 7, ["Cast"] = 9, ["Concat"] = 4, ["Constant"] = 1, ["Conv"] = 1, ["Div"] = 7,
        ["Erf"] = 9, ["Flatten"] = 9, ["Gather"] = 1, ["Gemm"] = 7, ["GlobalAveragePool"] = 1, ["Identity"] = 1, ["MatMul"] = 1, ["MaxPool"] = 8,
        ["Mul"] = 7, ["Pow"] = 7, ["ReduceMean"] = 1, ["ReduceSum"] = 13, ["Relu"] = 6, ["Reshape"] = 5, ["Shape"] = 1, ["Sigmoid"] = 6,
        ["Slice"] = 10, ["Softmax"] = 13, ["Sqrt"] = 6, ["Squeeze"] = 13, ["Sub"] = 7, ["Tanh"] = 6, ["Transpose"] = 1, ["Unsqueeze"] = 13, ["Where"] = 9,
    };

    /// <summary>The node in operator set 17.</summary>
    /// <exception cref="UserErrorException">The operator has changed since, or is not known here.</exception>
    public static Node Upgrade(Node node, OnnxModel model)
    {
        if (!UnchangedSince.TryGetValue(node.Operator, out var since) || model.Opset < since || model.Opset > new OnnxFile().Opset)
            throw new UserErrorException($"{model.Source} uses {node.Operator} of operator set {model.Opset}, which can't be brought to {new OnnxFile().Opset} here; export the model with operator set {new OnnxFile().Opset}.");
        // "spatial" went with operator set 9, which has only its default, 1.
        return node.Operator == "BatchNormalization" ? node with { Attributes = [.. node.Attributes.Where(a => a.Name != "spatial")] } : node;
    }
}
