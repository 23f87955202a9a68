namespace UniM2Rec.Models.Graphs;

/// <summary>One axis of a graph's input or output: a fixed length or a name for a length known at run time.</summary>
public readonly record struct Dimension
{
    private Dimension(long length, string? name) => (Length, Name) = (length, name);

    /// <summary>The length, or −1 where <see cref="Name"/> stands for it.</summary>
    public long Length { get; }

    /// <summary>The name of a length known at run time, or null.</summary>
    public string? Name { get; }

    /// <summary>A fixed length.</summary>
    public static implicit operator Dimension(long length) => new(length, null);

    /// <summary>A length known at run time.</summary>
    public static implicit operator Dimension(string name) => new(-1, name);
}
