namespace UniM2Rec.Models.Graphs;

/// <summary>An input or output of a graph with its shape.</summary>
public sealed record ValueDeclaration(string Name, ElementType Type, IReadOnlyList<Dimension> Shape);
