namespace UniM2Rec.Features;

/// <summary>A tensor as a safetensors header describes it.</summary>
/// <param name="Name">unique in the file</param>
/// <param name="Type">type of the elements</param>
/// <param name="Shape">lengths of the dimensions; empty for a single value</param>
/// <param name="Offset">first byte, counted from the payload</param>
/// <param name="ByteLength">length in bytes</param>
public sealed record SafeTensorEntry(string Name, SafeTensorType Type, IReadOnlyList<long> Shape, long Offset, long ByteLength)
{
    /// <summary>Number of elements.</summary>
    public long Count => ByteLength / Type.Size();
}
