using System.Runtime.InteropServices;

namespace UniM2Rec.Features;

/// <summary>A tensor in memory that is to be written.</summary>
/// <param name="Name">unique in the file</param>
/// <param name="Type">type of the elements</param>
/// <param name="Shape">lengths of the dimensions</param>
/// <param name="Data">the elements, little-endian, row-major</param>
public sealed record SafeTensor(string Name, SafeTensorType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Takes a copy of the values.</summary>
    public static SafeTensor From<T>(string name, IReadOnlyList<long> shape, ReadOnlySpan<T> values)
        where T : unmanaged
        => new(name, SafeTensorTypes.Of<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());
}
