using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Selection and scattering by index tensors and masks.</summary>
    public partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) => Call(Aten.index_select, this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Call(Aten.index_add, this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Self(Call(Aten.index_add_, this, dim, index, source, alpha));

        public Tensor index_copy(long dim, Tensor index, Tensor source) => Call(Aten.index_copy, this, dim, index, source);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Self(Call(Aten.index_copy_, this, dim, index, source));

        public Tensor index_fill(long dim, Tensor index, Scalar value) => Call(Aten.index_fill_int_Scalar, this, dim, index, value);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) => Self(Call(Aten.index_fill__int_Scalar, this, dim, index, value));

        public Tensor gather(long dim, Tensor index) => Call(Aten.gather, this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Call(Aten.scatter_src, this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Self(Call(Aten.scatter__src, this, dim, index, src));

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Call(Aten.scatter_add, this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Self(Call(Aten.scatter_add_, this, dim, index, src));

        public Tensor masked_fill(Tensor mask, Scalar value) => Call(Aten.masked_fill_Scalar, this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Self(Call(Aten.masked_fill__Scalar, this, mask, value));

        public Tensor masked_select(Tensor mask) => Call(Aten.masked_select, this, mask);

        public Tensor masked_scatter(Tensor mask, Tensor value) => Call(Aten.masked_scatter, this, mask, value);

        public Tensor masked_scatter_(Tensor mask, Tensor value) => Self(Call(Aten.masked_scatter_, this, mask, value));

        public Tensor take(Tensor index) => Call(Aten.take, this, index);

        public Tensor take_along_dim(Tensor indices) => Call(Aten.take_along_dim, this, indices);

        public Tensor take_along_dim(Tensor indices, long dim) => Call(Aten.take_along_dim, this, indices, dim);

        public Tensor where(Tensor condition, Tensor y) => Call(Aten.where_self, condition, this, y);
    }
}
