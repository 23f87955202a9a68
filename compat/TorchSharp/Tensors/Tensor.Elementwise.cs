using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Functions of one element.</summary>
    public partial class Tensor
    {
        public Tensor abs() => Call(Aten.abs, this);

        public Tensor ceil() => Call(Aten.ceil, this);

        public Tensor floor() => Call(Aten.floor, this);

        public Tensor trunc() => Call(Aten.trunc, this);

        public Tensor frac() => Call(Aten.frac, this);

        public Tensor sqrt() => Call(Aten.sqrt, this);

        public Tensor rsqrt() => Call(Aten.rsqrt, this);

        public Tensor square() => Call(Aten.square, this);

        public Tensor exp() => Call(Aten.exp, this);

        public Tensor exp2() => Call(Aten.exp2, this);

        public Tensor expm1() => Call(Aten.expm1, this);

        public Tensor log() => Call(Aten.log, this);

        public Tensor log2() => Call(Aten.log2, this);

        public Tensor log10() => Call(Aten.log10, this);

        public Tensor log1p() => Call(Aten.log1p, this);

        public Tensor neg() => Call(Aten.neg, this);

        public Tensor sign() => Call(Aten.sign, this);

        public Tensor reciprocal() => Call(Aten.reciprocal, this);

        public Tensor sin() => Call(Aten.sin, this);

        public Tensor cos() => Call(Aten.cos, this);

        public Tensor tan() => Call(Aten.tan, this);

        public Tensor tanh() => Call(Aten.tanh, this);

        public Tensor sigmoid() => Call(Aten.sigmoid, this);

        public Tensor erf() => Call(Aten.erf, this);

        public Tensor erfc() => Call(Aten.erfc, this);

        public Tensor absolute() => abs();

        public Tensor negative() => neg();

        public Tensor positive() => Call(Aten.positive, this);

        public Tensor relu6() => Call(Aten.relu6, this);

        public Tensor log_sigmoid() => Call(Aten.log_sigmoid, this);

        public Tensor round(long decimals = 0) => Call(Aten.round_decimals, this, decimals);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Call(Aten.clamp, this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Call(Aten.clamp_Tensor, this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        public Tensor clamp_min(Scalar min) => Call(Aten.clamp_min, this, min);

        public Tensor clamp_max(Scalar max) => Call(Aten.clamp_max, this, max);

        public Tensor logit(double? eps = null) => Call(Aten.logit, this, eps);

        public Tensor nan_to_num(double nan = 0.0, double? posinf = null, double? neginf = null) => Call(Aten.nan_to_num, this, nan, posinf, neginf);

        public Tensor softplus(double beta = 1, double threshold = 20) => Call(Aten.softplus, this, beta, threshold);
    }
}
