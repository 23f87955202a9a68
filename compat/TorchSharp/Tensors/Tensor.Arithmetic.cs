using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Arithmetic between tensors and with numbers.</summary>
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Call(Aten.add_Tensor, this, target);

        public Tensor add(Tensor target, Scalar alpha) => Call(Aten.add_Tensor, this, target, alpha);

        public Tensor add(Scalar scalar) => Call(Aten.add_Scalar, this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => Call(Aten.add_Scalar, this, scalar, alpha);

        public Tensor sub(Tensor target) => Call(Aten.sub_Tensor, this, target);

        public Tensor sub(Scalar target) => Call(Aten.sub_Scalar, this, target);

        public Tensor subtract(Tensor target) => sub(target);

        public Tensor subtract(Scalar target) => sub(target);

        public Tensor mul(Tensor target) => Call(Aten.mul_Tensor, this, target);

        public Tensor mul(Scalar target) => Call(Aten.mul_Scalar, this, target);

        public Tensor multiply(Tensor target) => mul(target);

        public Tensor multiply(Scalar target) => mul(target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Call(Aten.div_Tensor_mode, this, target, Rounding(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Call(Aten.div_Scalar_mode, this, target, Rounding(rounding_mode));

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor true_divide(Tensor other) => div(other);

        public Tensor true_divide(Scalar other) => div(other);

        public Tensor floor_divide(Tensor other) => Call(Aten.floor_divide, this, other);

        public Tensor floor_divide(Scalar other) => Call(Aten.floor_divide_Scalar, this, other);

        public Tensor remainder(Tensor target) => Call(Aten.remainder_Tensor, this, target);

        public Tensor remainder(Scalar scalar) => Call(Aten.remainder_Scalar, this, scalar);

        public Tensor fmod(Tensor target) => Call(Aten.fmod_Tensor, this, target);

        public Tensor fmod(Scalar scalar) => Call(Aten.fmod_Scalar, this, scalar);

        public Tensor pow(Tensor exponent) => Call(Aten.pow_Tensor_Tensor, this, exponent);

        public Tensor pow(Scalar exponent) => Call(Aten.pow_Tensor_Scalar, this, exponent);

        public Tensor maximum(Tensor other) => Call(Aten.maximum, this, other);

        public Tensor minimum(Tensor other) => Call(Aten.minimum, this, other);

        public Tensor max(Tensor other) => Call(Aten.max_other, this, other);

        public Tensor min(Tensor other) => Call(Aten.min_other, this, other);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Call(Aten.addcmul, this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Call(Aten.addcdiv, this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Call(Aten.addcdiv, this, tensor1, tensor2);

        public Tensor lerp(Tensor end, Tensor weight) => Call(Aten.lerp_Tensor, this, end, weight);

        public Tensor logaddexp(Tensor other) => Call(Aten.logaddexp, this, other);

        public Tensor xlogy(Tensor y) => Call(Aten.xlogy_Tensor, this, y);

        private static string? Rounding(RoundingMode mode) => mode switch
        {
            RoundingMode.trunc => "trunc",
            RoundingMode.floor => "floor",
            _ => null,
        };
    }
}
