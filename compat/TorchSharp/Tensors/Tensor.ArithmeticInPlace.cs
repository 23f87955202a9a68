using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Arithmetic in place.</summary>
    public partial class Tensor
    {
        public Tensor add_(Tensor target) => Self(Call(Aten.add__Tensor, this, target));

        public Tensor add_(Tensor target, Scalar alpha) => Self(Call(Aten.add__Tensor, this, target, alpha));

        public Tensor add_(Scalar scalar) => Self(Call(Aten.add__Scalar, this, scalar));

        public Tensor add_(Scalar scalar, Scalar alpha) => Self(Call(Aten.add__Scalar, this, scalar, alpha));

        public Tensor sub_(Tensor target) => Self(Call(Aten.sub__Tensor, this, target));

        public Tensor sub_(Scalar target) => Self(Call(Aten.sub__Scalar, this, target));

        public Tensor subtract_(Tensor target) => sub_(target);

        public Tensor subtract_(Scalar target) => sub_(target);

        public Tensor mul_(Tensor target) => Self(Call(Aten.mul__Tensor, this, target));

        public Tensor mul_(Scalar target) => Self(Call(Aten.mul__Scalar, this, target));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Self(Call(Aten.div__Tensor_mode, this, target, Rounding(rounding_mode)));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Self(Call(Aten.div__Scalar_mode, this, target, Rounding(rounding_mode)));

        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);

        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);

        public Tensor pow_(Tensor exponent) => Self(Call(Aten.pow__Tensor, this, exponent));

        public Tensor pow_(Scalar exponent) => Self(Call(Aten.pow__Scalar, this, exponent));

        public Tensor remainder_(Scalar scalar) => Self(Call(Aten.remainder__Scalar, this, scalar));

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Self(Call(Aten.addcmul_, this, tensor1, tensor2, value));

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Self(Call(Aten.addcdiv_, this, tensor1, tensor2, value));

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Self(Call(Aten.addcdiv_, this, tensor1, tensor2));

        public Tensor lerp_(Tensor end, Tensor weight) => Self(Call(Aten.lerp__Tensor, this, end, weight));

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Self(Call(Aten.copy_, this, source, nonBlocking));

        public Tensor fill_(Scalar value) => Self(Call(Aten.fill__Scalar, this, value));

        public Tensor zero_() => Self(Call(Aten.zero_, this));
    }
}
