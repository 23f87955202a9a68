namespace UniM2Rec.Features;

/// <summary>The rows of a domain, which are contiguous.</summary>
/// <param name="Name">the domain</param>
/// <param name="FirstRow">its first row</param>
/// <param name="Count">number of its items</param>
public sealed record DomainRange(string Name, int FirstRow, int Count);
