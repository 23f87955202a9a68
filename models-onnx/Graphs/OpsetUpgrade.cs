using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Graphs;

/// <summary>Brings a node of an older operator set to the one that graphs are written in (<see cref="OnnxFile.Opset"/>, 17).</summary>
internal static class OpsetUpgrade
{
    /// <summary>
    /// The operator set since which an operator's inputs, attributes and meaning are those of 17 (onnx/onnx, docs/Changelog.md); what came
    /// after only added element types or attributes whose default is the old meaning.
    /// </summary>
    private static int? UnchangedSince(string op) => op switch
    {
        "Constant" or "Conv" or "Gather" or "GlobalAveragePool" or "Identity" or "MatMul" or "ReduceMean" or "Shape" or "Transpose" => 1,
        "Concat" => 4,
        "Reshape" => 5,
        "Relu" or "Sigmoid" or "Sqrt" or "Tanh" => 6,
        "Add" or "AveragePool" or "BatchNormalization" or "Div" or "Gemm" or "Mul" or "Pow" or "Sub" => 7,
        "MaxPool" => 8,
        "Cast" or "Erf" or "Flatten" or "Where" => 9,
        "Slice" => 10,
        "ReduceSum" or "Softmax" or "Squeeze" or "Unsqueeze" => 13,
        _ => null,
    };

    /// <summary>The node in operator set 17.</summary>
    /// <exception cref="UserErrorException">The operator has changed since, or is not known here.</exception>
    public static Node Upgrade(Node node, OnnxModel model)
    {
        if (UnchangedSince(node.Operator) is not { } since || model.Opset < since || model.Opset > new OnnxFile().Opset)
            throw new UserErrorException($"{model.Source} uses {node.Operator} of operator set {model.Opset}, which can't be brought to {new OnnxFile().Opset} here; export the model with operator set {new OnnxFile().Opset}.");
        // "spatial" went with operator set 9, which has only its default, 1.
        return node.Operator == "BatchNormalization" ? node with { Attributes = [.. node.Attributes.Where(a => a.Name != "spatial")] } : node;
    }
}
