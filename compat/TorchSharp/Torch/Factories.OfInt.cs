namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) =>
        OfScalar(scalar, ScalarType.Int32, null, device, requires_grad);

    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray, [rawArray.LongLength], dtype, device, requires_grad);

    public static Tensor tensor(int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(int[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(int[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(int[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(IList<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);

    public static Tensor tensor(IList<int> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);

    public static Tensor tensor(IList<int> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<int>(rawArray.ToArray(), [dim0, dim1, dim2], dtype, device, requires_grad);

    public static Tensor tensor(Memory<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfMemory((ReadOnlySpan<int>)rawArray.Span, dimensions, dtype, device, requires_grad);

    public static Tensor as_tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);

    public static Tensor as_tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor((Array)rawArray, dtype, device);
}
