using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UniM2Rec.SafeTensors;

/// <summary>Conversions between the floating-point element types.</summary>
internal static unsafe class ElementConversion
{
    public static bool IsFloatingPoint(SafeTensorType type) =>
        type is SafeTensorType.F16 or SafeTensorType.BF16 or SafeTensorType.F32 or SafeTensorType.F64;

    /// <summary>Converts elements of a floating-point type; the source need not be aligned.</summary>
    public static void ToSingle(byte* source, SafeTensorType type, float* destination, long count)
    {
        switch (type)
        {
            case SafeTensorType.F32:
                Buffer.MemoryCopy(source, destination, count * sizeof(float), count * sizeof(float));
                break;
            case SafeTensorType.F16:
                HalfToSingle(source, destination, count);
                break;
            case SafeTensorType.BF16:
                for (long i = 0; i < count; i++)
                    ((uint*)destination)[i] = (uint)Unsafe.ReadUnaligned<ushort>(source + 2 * i) << 16;
                break;
            case SafeTensorType.F64:
                for (long i = 0; i < count; i++)
                    destination[i] = (float)Unsafe.ReadUnaligned<double>(source + 8 * i);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a floating-point type");
        }
    }

    private static void HalfToSingle(byte* source, float* destination, long count)
    {
        const int Piece = 1 << 30;
        for (long done = 0; done < count; done += Piece)
        {
            int length = (int)Math.Min(Piece, count - done);
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source + 2 * done, length), new Span<float>(destination + done, length));
        }
    }
}
