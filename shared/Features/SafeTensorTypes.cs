namespace UniM2Rec.Features;

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
