using System.Runtime.InteropServices;

namespace UniM2Rec.SafeTensors;

/// <summary>Element types of safetensors files, by their names there.</summary>
public enum SafeTensorType
{
    /// <summary>One byte, 0 or 1.</summary>
    BOOL,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a single.</summary>
    BF16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>IEEE double precision.</summary>
    F64,
}

/// <summary>Sizes and C# types of the element types.</summary>
public static class SafeTensorTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Size(this SafeTensorType type) => type switch
    {
        SafeTensorType.BOOL or SafeTensorType.U8 or SafeTensorType.I8 => 1,
        SafeTensorType.U16 or SafeTensorType.I16 or SafeTensorType.F16 or SafeTensorType.BF16 => 2,
        SafeTensorType.U32 or SafeTensorType.I32 or SafeTensorType.F32 => 4,
        _ => 8,
    };

    /// <summary>The element type that holds values of a C# type.</summary>
    /// <exception cref="NotSupportedException">safetensors has none for it</exception>
    public static SafeTensorType Of<T>()
        where T : unmanaged
        => default(T) switch
        {
            bool => SafeTensorType.BOOL,
            byte => SafeTensorType.U8,
            sbyte => SafeTensorType.I8,
            ushort => SafeTensorType.U16,
            short => SafeTensorType.I16,
            Half => SafeTensorType.F16,
            uint => SafeTensorType.U32,
            int => SafeTensorType.I32,
            float => SafeTensorType.F32,
            ulong => SafeTensorType.U64,
            long => SafeTensorType.I64,
            double => SafeTensorType.F64,
            _ => throw new NotSupportedException($"safetensors has no element type for {typeof(T)}"),
        };
}

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
