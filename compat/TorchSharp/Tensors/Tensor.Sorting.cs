using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sorting, ranking, counting and distinct values.</summary>
    public partial class Tensor
    {
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Call(Aten.sort_stable, this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Call(Aten.argsort, this, dim, descending);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Call(Aten.topk, this, (long)k, (long)dim, largest, sorted);

        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => Call(Aten.kthvalue, this, k, dim ?? -1, keepdim);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            (Tensor output, Tensor inverse, Tensor counts) = ((Tensor, Tensor, Tensor))(dim is { } given
                ? Call(Aten.unique_dim, this, (long)given, sorted, return_inverse, return_counts)
                : Call(Aten._unique2, this, sorted, return_inverse, return_counts));
            return Wanted(output, inverse, return_inverse, counts, return_counts);
        }

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique_consecutive(bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            (Tensor output, Tensor inverse, Tensor counts) = ((Tensor, Tensor, Tensor))Call(Aten.unique_consecutive, this, return_inverse, return_counts, (long?)dim);
            return Wanted(output, inverse, return_inverse, counts, return_counts);
        }

        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => Call(Aten.bucketize_Tensor, this, boundaries, outInt32, right);

        public Tensor bincount(Tensor? weights, long minlength = 0) => Call(Aten.bincount, this, weights, minlength);

        public Tensor nonzero() => Call(Aten.nonzero, this);

        public Tensor argwhere() => Call(Aten.argwhere, this);

        private static (Tensor, Tensor?, Tensor?) Wanted(Tensor output, Tensor inverse, bool wantInverse, Tensor counts, bool wantCounts)
        {
            if (!wantInverse) inverse.Dispose();
            if (!wantCounts) counts.Dispose();
            return (output, wantInverse ? inverse : null, wantCounts ? counts : null);
        }
    }
}
