namespace UniM2Rec.Models.Graphs;

/// <summary>A handle on a value of a graph: an input, an initialiser or a node's output.</summary>
/// <param name="Name">The value's name in the ONNX file.</param>
/// <param name="Type">Type of its elements.</param>
public readonly record struct Value(string Name, ElementType Type);
