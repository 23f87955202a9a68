namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        OfScalar(scalar, ScalarType.Float32, null, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray, [rawArray.LongLength], dtype, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(float[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(float[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(float[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(IList<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);

    public static Tensor tensor(IList<float> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);

    public static Tensor tensor(IList<float> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<float>(rawArray.ToArray(), [dim0, dim1, dim2], dtype, device, requires_grad);

    public static Tensor tensor(Memory<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfMemory((ReadOnlySpan<float>)rawArray.Span, dimensions, dtype, device, requires_grad);

    public static Tensor as_tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);

    public static Tensor as_tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor((Array)rawArray, dtype, device);
}
