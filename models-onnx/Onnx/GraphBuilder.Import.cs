namespace UniM2Rec.Models.Onnx;

/// <content>Building other models in.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Adds the part of another model that one of its outputs needs. A batch size that the model declares is not taken over.</summary>
    /// <param name="model">The other model.</param>
    /// <param name="prefix">Put before the names of its nodes, values and weights; no other import may have it.</param>
    /// <param name="output">Name of its output.</param>
    /// <param name="inputs">What each of its inputs is here; what the output does not need may be left out.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The model has no such output, or needs an input that was not given.</exception>
    /// <exception cref="Diagnostics.UserErrorException">An operator is too old (<see cref="OpsetUpgrade"/>).</exception>
    internal Value Import(OnnxModel model, string prefix, string output, params ReadOnlySpan<(string Name, Value Value)> inputs)
    {
        if (!model.Outputs.TryGetValue(output, out var type))
            throw new ArgumentException($"{model.Source} has no output '{output}', only {string.Join(", ", model.Outputs.Keys)}.", nameof(output));
        var needed = new HashSet<string> { output };
        var nodes = new List<Node>();
        foreach (var node in model.Nodes.Reverse().Where(node => node.Outputs.Any(needed.Contains)))
        {
            nodes.Add(OpsetUpgrade.Upgrade(node, model));
            needed.UnionWith(node.Inputs);
        }

        var names = new Dictionary<string, string> { [""] = "" };
        foreach (var (name, value) in inputs)
            names[name] = value.Name;
        foreach (var weight in model.Initializers.Where(weight => needed.Contains(weight.Name)))
        {
            names[weight.Name] = prefix + weight.Name;
            Initializers.Add(weight with { Name = prefix + weight.Name });
        }

        foreach (string? name in nodes.SelectMany(node => node.Outputs).Where(name => name.Length > 0))
            names[name] = prefix + name;
        if (needed.FirstOrDefault(name => !names.ContainsKey(name)) is { } missing)
            throw new ArgumentException($"{model.Source} needs its input '{missing}' for '{output}', which was not given.", nameof(inputs));
        foreach (var node in Enumerable.Reverse(nodes))
            Nodes.Add(new Node(node.Operator, prefix + node.Name, [.. node.Inputs.Select(name => names[name])], [.. node.Outputs.Select(name => names[name])], node.Attributes));
        return new Value(prefix + output, type);
    }
}

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
