using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>A tensor over the array's own memory where neither type nor device changes: later writes show in both.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ScalarType stored = ToScalarType(rawArray.GetType().GetElementType()!);
        return WithGrad(Placed(OverArray(rawArray, stored, ShapeOf(rawArray)), dtype, device), requires_grad);
    }

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) =>
        data.to(dtype ?? data.dtype, device ?? data.device);

    /// <summary>A one-dimensional tensor over an array's own memory, read as <paramref name="dtype"/>.</summary>
    /// <param name="count">How many elements; -1: up to the end.</param>
    /// <param name="offset">Where to start, in bytes.</param>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        long available = Buffer.ByteLength(rawArray) - offset;
        long width = SizeOf(dtype);
        if (count < 0) count = available / width;
        if (offset < 0 || count * width > available) throw new ArgumentException($"Not enough memory to build a tensor of {count} elements.");
        return WithGrad(OverArray(rawArray, dtype, [count], offset), requires_grad);
    }

    internal static ScalarType ToScalarType(Type type) => type switch
    {
        _ when type == typeof(float) => ScalarType.Float32,
        _ when type == typeof(double) => ScalarType.Float64,
        _ when type == typeof(long) => ScalarType.Int64,
        _ when type == typeof(int) => ScalarType.Int32,
        _ when type == typeof(short) => ScalarType.Int16,
        _ when type == typeof(byte) => ScalarType.Byte,
        _ when type == typeof(sbyte) => ScalarType.Int8,
        _ when type == typeof(bool) => ScalarType.Bool,
        _ when type == typeof(Half) => ScalarType.Float16,
        _ => throw new NotSupportedException($"The type {type.FullName} is not supported."),
    };

    private static long SizeOf(ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        _ => 1,
    };

    private static long[] ShapeOf(Array array)
    {
        var shape = new long[array.Rank];
        for (int i = 0; i < shape.Length; i++) shape[i] = array.GetLongLength(i);
        return shape;
    }

    private static Tensor OfScalar<T>(T value, ScalarType stored, ScalarType? dtype, Device? device, bool requires_grad) where T : unmanaged
    {
        Tensor tensor = empty([], stored);
        *(T*)tensor.DataPointer() = value;
        return WithGrad(Placed(tensor, dtype, device), requires_grad);
    }

    private static Tensor OfArray<T>(Array array, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = MemoryMarshal.CreateReadOnlySpan(
            ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
        return OfMemory(values, dimensions, dtype, device, requires_grad);
    }

    private static Tensor OfMemory<T>(
        ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad) where T : unmanaged
    {
        long expected = 1;
        foreach (long dimension in dimensions) expected *= dimension;
        if (expected != values.Length)
        {
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {expected} vs. {values.Length}");
        }
        Tensor tensor = empty(dimensions, ToScalarType(typeof(T)));
        values.CopyTo(new Span<T>(tensor.DataPointer(), values.Length));
        return WithGrad(Placed(tensor, dtype, device), requires_grad);
    }

    // The tensor itself, or, where type or device differ, its converted copy in its place.
    private static Tensor Placed(Tensor tensor, ScalarType? dtype, Device? device)
    {
        ScalarType type = dtype ?? tensor.dtype;
        Device place = device ?? get_default_device();
        return type == tensor.dtype && place.type == DeviceType.CPU ? tensor : tensor.to(type, place, disposeAfter: true);
    }

    private static Tensor OverArray(Array array, ScalarType type, ReadOnlySpan<long> shape, long offset = 0)
    {
        GCHandle pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        byte* start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) + offset;
        fixed (long* sizes = shape)
        {
            nint handle = NativeMethods.um_tensor_from_memory(start, sizes, shape.Length, (int)type, &Unpin, GCHandle.ToIntPtr(pin));
            if (handle != 0) return new Tensor(handle);
        }
        pin.Free();
        throw NativeMethods.LastError();
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint context) => GCHandle.FromIntPtr(context).Free();
}
