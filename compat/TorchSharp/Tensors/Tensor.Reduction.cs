using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sums, means, extrema and norms.</summary>
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Call(Aten.sum, this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Call(Aten.sum_dim_IntList, this, dim, keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Call(Aten.sum_dim_IntList, this, dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Call(Aten.sum_dim_IntList, this, dim, keepdim, type);

        public Tensor mean() => Call(Aten.mean, this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Call(Aten.mean_dim, this, dimensions, keepdim, type);

        public Tensor prod(ScalarType? type = null) => Call(Aten.prod, this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Call(Aten.prod_dim_int, this, dim, keepdim, type);

        public Tensor std(bool unbiased = true) => Call(Aten.std, this, unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Call(Aten.std_dim, this, dim, unbiased, keepdim);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Call(Aten.std_dim, this, dimensions, unbiased, keepdim);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Call(Aten.std_mean, this, unbiased);

        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Call(Aten.std_mean_dim, this, dim, unbiased, keepdim);

        public Tensor var(bool unbiased = true) => Call(Aten.var, this, unbiased);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Call(Aten.var_dim, this, dim, unbiased, keepdim);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Call(Aten.var_dim, this, dimensions, unbiased, keepdim);

        public (Tensor var, Tensor mean) var_mean(bool unbiased = true) => Call(Aten.var_mean, this, unbiased);

        public (Tensor var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Call(Aten.var_mean_dim, this, dim, unbiased, keepdim);

        public Tensor max() => Call(Aten.max, this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Call(Aten.max_dim, this, dim, keepdim);

        public Tensor argmax() => Call(Aten.argmax, this);

        public Tensor argmax(long dim, bool keepdim = false) => Call(Aten.argmax, this, dim, keepdim);

        public Tensor amax(params long[] dims) => Call(Aten.amax, this, dims);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? Call(Aten.amax, this, dims, keepdim) : Call(Aten.amax_out, this, dims, keepdim, @out);

        public Tensor min() => Call(Aten.min, this);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Call(Aten.min_dim, this, dim, keepdim);

        public Tensor argmin() => Call(Aten.argmin, this);

        public Tensor argmin(long dim, bool keepdim = false) => Call(Aten.argmin, this, dim, keepdim);

        public Tensor amin(params long[] dims) => Call(Aten.amin, this, dims);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? Call(Aten.amin, this, dims, keepdim) : Call(Aten.amin_out, this, dims, keepdim, @out);

        public Tensor any() => Call(Aten.any, this);

        public Tensor any(long dim, bool keepdim = false) => Call(Aten.any_dim, this, dim, keepdim);

        public Tensor all() => Call(Aten.all, this);

        public Tensor all(long dim, bool keepdim = false) => Call(Aten.all_dim, this, dim, keepdim);

        public Tensor norm(float p = 2) => Call(Aten.norm_Scalar, this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Call(Aten.norm_ScalarOpt_dim, this, (double)p, (long)dim, keepdim);

        public Tensor median() => Call(Aten.median, this);

        public Tensor logsumexp(long dim, bool keepdim = false) => Call(Aten.logsumexp, this, dim, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Call(Aten.cumsum, this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Call(Aten.cumprod, this, dim, type);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Call(Aten.softmax_int, this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Call(Aten.log_softmax_int, this, dim, dtype);

        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Call(Aten.count_nonzero, this) : Call(Aten.count_nonzero_dim_IntList, this, dims);

        public Tensor trace() => Call(Aten.trace, this);
    }
}
