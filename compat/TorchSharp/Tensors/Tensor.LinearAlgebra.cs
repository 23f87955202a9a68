using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Products of matrices and vectors.</summary>
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Call(Aten.matmul, this, target);

        public Tensor mm(Tensor target) => Call(Aten.mm, this, target);

        public Tensor bmm(Tensor batch2) => Call(Aten.bmm, this, batch2);

        public Tensor mv(Tensor target) => Call(Aten.mv, this, target);

        public Tensor dot(Tensor target) => Call(Aten.dot, this, target);

        public Tensor vdot(Tensor target) => Call(Aten.vdot, this, target);

        public Tensor outer(Tensor vec2) => Call(Aten.outer, this, vec2);

        public Tensor inner(Tensor vec2) => Call(Aten.inner, this, vec2);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Call(Aten.addmm, this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Self(Call(Aten.addmm_, this, mat1, mat2, (double)beta, (double)alpha));

        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Call(Aten.addmv, this, mat, vec, (double)beta, (double)alpha);

        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Call(Aten.addbmm, this, batch1, batch2, (double)beta, (double)alpha);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Call(Aten.baddbmm, this, batch1, batch2, (double)beta, (double)alpha);

        public Tensor inverse() => Call(Aten.inverse, this);

        public Tensor det() => Call(Aten.det, this);
    }
}
