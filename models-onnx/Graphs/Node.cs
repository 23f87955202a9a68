namespace UniM2Rec.Models.Graphs;

/// <summary>One operator of a graph with the names of what goes in and out; an empty input name leaves out an optional input.</summary>
internal sealed record Node(string Operator, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<NodeAttribute> Attributes);
