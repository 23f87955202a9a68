using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);

    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    public static Tensor mv(Tensor input, Tensor target) => input.mv(target);

    public static Tensor dot(Tensor input, Tensor other) => input.dot(other);

    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);

    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.baddbmm(batch1, batch2, beta, alpha);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Call(Aten.einsum, equation, Argument.Tensors(tensors, stackalloc nint[tensors.Length]));

    /// <summary>Distances between the rows of x1 [.., n, d] and x2 [.., m, d] as [.., n, m].</summary>
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2.0, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) => Call(Aten.cdist, x1, x2, p, (long)compute_mode);

    public static class linalg
    {
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => Call(Aten.linalg_norm, input, Argument.None, dims, keepdim);

        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Call(Aten.linalg_norm, input, ord, dims, keepdim);

        public static Tensor vector_norm(Tensor input, double ord = 2.0, long[]? dims = null, bool keepdim = false) => Call(Aten.linalg_vector_norm, input, ord, dims, keepdim);

        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true) => Call(Aten.linalg_svd, input, fullMatrices);

        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Call(Aten.linalg_eigh, input, UPLO.ToString());

        public static Tensor inv(Tensor input) => Call(Aten.linalg_inv, input);

        public static Tensor solve(Tensor A, Tensor B, bool left = true) => left ? Call(Aten.linalg_solve, A, B) : solve(A.mT, B.mT).mT;
    }
}
