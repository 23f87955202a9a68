namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) =>
        OfScalar(scalar, ScalarType.Byte, null, device, requires_grad);

    public static Tensor tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray, [rawArray.LongLength], dtype, device, requires_grad);

    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(byte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(byte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(byte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(IList<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);

    public static Tensor tensor(IList<byte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);

    public static Tensor tensor(IList<byte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<byte>(rawArray.ToArray(), [dim0, dim1, dim2], dtype, device, requires_grad);

    public static Tensor tensor(Memory<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfMemory((ReadOnlySpan<byte>)rawArray.Span, dimensions, dtype, device, requires_grad);

    public static Tensor as_tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);

    public static Tensor as_tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor((Array)rawArray, dtype, device);
}
