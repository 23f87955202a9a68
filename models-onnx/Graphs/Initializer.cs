namespace UniM2Rec.Models.Graphs;

/// <summary>A constant tensor of a graph. Its bytes are asked for only while the file is written, so weights can stay memory-mapped.</summary>
internal sealed record Initializer(string Name, ElementType Type, IReadOnlyList<long> Shape, Action<Stream> WriteData)
{
    /// <summary>Bytes of the tensor, row-major, little-endian.</summary>
    public long ByteLength { get; } = Shape.Aggregate(1L, (product, length) => checked(product * length)) * Type.ByteSize();
}
