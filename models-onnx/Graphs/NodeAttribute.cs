namespace UniM2Rec.Models.Graphs;

/// <summary>An attribute of a node: an integer, a real number, a text or a list of integers.</summary>
public readonly record struct NodeAttribute
{
    private NodeAttribute(string name, object value) => (Name, Content) = (name, value);

    /// <summary>The attribute's name.</summary>
    public string Name { get; }

    /// <summary>A long, float, string, long[] or, as <see cref="Encoded"/>, bytes.</summary>
    internal object Content { get; }

    /// <summary>An attribute of another model, as the bytes of its whole message, name and type included.</summary>
    internal static NodeAttribute Encoded(string name, ReadOnlyMemory<byte> message) => new(name, message);

    /// <summary>An integer attribute.</summary>
    public static implicit operator NodeAttribute((string Name, long Value) pair) => new(pair.Name, pair.Value);

    /// <summary>A real attribute.</summary>
    public static implicit operator NodeAttribute((string Name, float Value) pair) => new(pair.Name, pair.Value);

    /// <summary>A text attribute.</summary>
    public static implicit operator NodeAttribute((string Name, string Value) pair) => new(pair.Name, pair.Value);

    /// <summary>A list of integers.</summary>
    public static implicit operator NodeAttribute((string Name, long[] Value) pair) => new(pair.Name, pair.Value);
}
