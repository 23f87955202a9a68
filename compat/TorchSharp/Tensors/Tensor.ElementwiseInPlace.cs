using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Functions of one element, in place.</summary>
    public partial class Tensor
    {
        public Tensor abs_() => Self(Call(Aten.abs_, this));

        public Tensor ceil_() => Self(Call(Aten.ceil_, this));

        public Tensor floor_() => Self(Call(Aten.floor_, this));

        public Tensor trunc_() => Self(Call(Aten.trunc_, this));

        public Tensor frac_() => Self(Call(Aten.frac_, this));

        public Tensor sqrt_() => Self(Call(Aten.sqrt_, this));

        public Tensor rsqrt_() => Self(Call(Aten.rsqrt_, this));

        public Tensor exp_() => Self(Call(Aten.exp_, this));

        public Tensor exp2_() => Self(Call(Aten.exp2_, this));

        public Tensor expm1_() => Self(Call(Aten.expm1_, this));

        public Tensor log_() => Self(Call(Aten.log_, this));

        public Tensor log2_() => Self(Call(Aten.log2_, this));

        public Tensor log10_() => Self(Call(Aten.log10_, this));

        public Tensor log1p_() => Self(Call(Aten.log1p_, this));

        public Tensor neg_() => Self(Call(Aten.neg_, this));

        public Tensor sign_() => Self(Call(Aten.sign_, this));

        public Tensor reciprocal_() => Self(Call(Aten.reciprocal_, this));

        public Tensor sin_() => Self(Call(Aten.sin_, this));

        public Tensor cos_() => Self(Call(Aten.cos_, this));

        public Tensor tan_() => Self(Call(Aten.tan_, this));

        public Tensor tanh_() => Self(Call(Aten.tanh_, this));

        public Tensor sigmoid_() => Self(Call(Aten.sigmoid_, this));

        public Tensor erf_() => Self(Call(Aten.erf_, this));

        public Tensor erfc_() => Self(Call(Aten.erfc_, this));

        public Tensor relu_() => Self(Call(Aten.relu_, this));

        public Tensor absolute_() => abs_();

        public Tensor silu_() => Self(Call(Aten.silu_, this));

        public Tensor gelu_() => Self(Call(Aten.gelu_, this));

        public Tensor round_(long decimals = 0) => Self(Call(Aten.round__decimals, this, decimals));

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Self(Call(Aten.clamp_, this, min, max));

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Self(Call(Aten.clamp__Tensor, this, min, max));

        public Tensor clamp_min_(Scalar min) => Self(Call(Aten.clamp_min_, this, min));

        public Tensor clamp_max_(Scalar max) => Self(Call(Aten.clamp_max_, this, max));

        // An operator that changes its first argument hands nothing back; the method returns the tensor that it was called on.
        private Tensor Self(Outcome _) => this;
    }
}
