using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        WithGrad(Call(Aten.arange_start_step, start, stop, step, dtype ?? RangeType(start, stop, step), Argument.None, device), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        WithGrad(Call(Aten.linspace, start, end, steps, dtype ?? get_default_dtype(), Argument.None, device), requires_grad);

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        WithGrad(Call(Aten.eye_m, rows, columns == -1 ? rows : columns, dtype ?? get_default_dtype(), Argument.None, device), requires_grad);

    public static Tensor tril_indices(long row, long col, long offset = 0L, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Call(Aten.tril_indices, row, col, offset, dtype, Argument.None, device);

    public static Tensor triu_indices(long row, long col, long offset = 0L, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Call(Aten.triu_indices, row, col, offset, dtype, Argument.None, device);

    private static ScalarType RangeType(Scalar start, Scalar stop, Scalar step) =>
        start.IsIntegral && stop.IsIntegral && step.IsIntegral ? ScalarType.Int64 : get_default_dtype();
}
