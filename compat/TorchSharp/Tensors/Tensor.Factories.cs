using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Tensors shaped, typed or placed like this one.</summary>
    public partial class Tensor
    {
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.zeros_like, this, dtype, Argument.None, device), requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.ones_like, this, dtype, Argument.None, device), requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.empty_like, this, dtype, Argument.None, device), requires_grad);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.rand_like, this, dtype, Argument.None, device), requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.randn_like, this, dtype, Argument.None, device), requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.full_like, this, value, dtype, Argument.None, device), requires_grad);

        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            WithGrad(Call(Aten.randint_like_low_dtype, this, low, high, dtype, Argument.None, device), requires_grad);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros([size], dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.zeros([rows, columns], dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.ones([size], dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.ones([rows, columns], dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.empty(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.empty([size], dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor new_empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.empty([rows, columns], dtype ?? this.dtype, device ?? this.device, requires_grad);
    }
}
