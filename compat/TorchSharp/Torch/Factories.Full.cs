using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full((ReadOnlySpan<long>)size, value, dtype, device, requires_grad);

    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        WithGrad(Call(Aten.full, size, value, dtype ?? TypeOf(value), Argument.None, device), requires_grad);

    public static Tensor full(long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([size], value, dtype, device, requires_grad);

    public static Tensor full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([rows, columns], value, dtype, device, requires_grad);

    public static Tensor full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([dim0, dim1, dim2], value, dtype, device, requires_grad);

    public static Tensor full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad);

    public static Tensor full(int size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([size], value, dtype, device, requires_grad);

    public static Tensor full(int rows, int columns, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([rows, columns], value, dtype, device, requires_grad);

    public static Tensor full(int dim0, int dim1, int dim2, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([dim0, dim1, dim2], value, dtype, device, requires_grad);

    public static Tensor full(int dim0, int dim1, int dim2, int dim3, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        full([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad);

    // A number of the same kind as `value` where no type is asked for, as in PyTorch.
    private static ScalarType TypeOf(Scalar value) =>
        value.IsBoolean ? ScalarType.Bool : value.IsIntegral ? ScalarType.Int64 : get_default_dtype();

    private static Tensor WithGrad(Tensor tensor, bool requires_grad)
    {
        if (requires_grad) tensor.requires_grad = true;
        return tensor;
    }
}
