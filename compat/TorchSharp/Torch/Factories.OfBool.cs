namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        OfScalar(scalar, ScalarType.Bool, dtype, device, requires_grad);

    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray, [rawArray.LongLength], dtype, device, requires_grad);

    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(bool[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(bool[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray, ShapeOf(rawArray), dtype, device, requires_grad);

    public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray.ToArray(), [rawArray.Count], dtype, device, requires_grad);

    public static Tensor tensor(IList<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray.ToArray(), dimensions, dtype, device, requires_grad);

    public static Tensor tensor(IList<bool> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray.ToArray(), [rows, columns], dtype, device, requires_grad);

    public static Tensor tensor(IList<bool> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        OfArray<bool>(rawArray.ToArray(), [dim0, dim1, dim2], dtype, device, requires_grad);

    public static Tensor as_tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);

    public static Tensor as_tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor((Array)rawArray, dtype, device);
}
