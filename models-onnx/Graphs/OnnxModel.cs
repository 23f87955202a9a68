namespace UniM2Rec.Models.Graphs;

/// <summary>An ONNX model in memory, to be built into another graph (<see cref="GraphBuilder.Import"/>).</summary>
/// <param name="Source">What it was read from, for messages.</param>
/// <param name="Opset">Version of the operator set of its nodes.</param>
/// <param name="Nodes">Its operators, each after those that it reads from.</param>
/// <param name="Initializers">Its weights.</param>
/// <param name="Outputs">Type of each output.</param>
internal sealed record OnnxModel(string Source, int Opset, IReadOnlyList<Node> Nodes, IReadOnlyList<Initializer> Initializers, IReadOnlyDictionary<string, ElementType> Outputs);
