namespace UniM2Rec.Models.Onnx;

/// <summary>An ONNX model in memory, to be built into another graph (<see cref="GraphBuilder.Import"/>).</summary>
/// <param name="Source">What it was read from, for messages.</param>
/// <param name="Opset">Version of the operator set of its nodes.</param>
/// <param name="Nodes">Its operators, each after those that it reads from.</param>
/// <param name="Initializers">Its weights.</param>
/// <param name="Outputs">Type of each output.</param>
internal sealed record OnnxModel(string Source, int Opset, IReadOnlyList<Node> Nodes, IReadOnlyList<Initializer> Initializers, IReadOnlyDictionary<string, ElementType> Outputs);

/// <summary>A handle on a value of a graph: an input, an initialiser or a node's output.</summary>
/// <param name="Name">The value's name in the ONNX file.</param>
/// <param name="Type">Type of its elements.</param>
public readonly record struct Value(string Name, ElementType Type);

/// <summary>An input or output of a graph with its shape.</summary>
public sealed record ValueDeclaration(string Name, ElementType Type, IReadOnlyList<Dimension> Shape);

/// <summary>One operator of a graph with the names of what goes in and out; an empty input name leaves out an optional input.</summary>
internal sealed record Node(string Operator, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<NodeAttribute> Attributes);

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

/// <summary>A constant tensor of a graph. Its bytes are asked for only while the file is written, so weights can stay memory-mapped.</summary>
internal sealed record Initializer(string Name, ElementType Type, IReadOnlyList<long> Shape, Action<Stream> WriteData)
{
    /// <summary>Bytes of the tensor, row-major, little-endian.</summary>
    public long ByteLength { get; } = Shape.Aggregate(1L, (product, length) => checked(product * length)) * Type.ByteSize();
}

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

/// <summary>Element types of ONNX tensors that the graphs here use; the values are those of onnx.proto's TensorProto.DataType.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>32-bit signed integer.</summary>
    Int32 = 6,

    /// <summary>64-bit signed integer.</summary>
    Int64 = 7,

    /// <summary>Truth value, one byte.</summary>
    Bool = 9,

    /// <summary>16-bit floating point.</summary>
    Float16 = 10,
}

/// <summary>Sizes of element types.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int ByteSize(this ElementType type) => type switch
    {
        ElementType.Float or ElementType.Int32 => 4,
        ElementType.Int64 => 8,
        ElementType.Float16 => 2,
        ElementType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };
}
