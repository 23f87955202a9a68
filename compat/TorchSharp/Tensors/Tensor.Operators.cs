using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Arithmetic operators.</summary>
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Call(Aten.add_Tensor, left, right);

        public static Tensor operator +(Tensor left, Scalar right) => Call(Aten.add_Scalar, left, right);

        public static Tensor operator +(Tensor left, int right) => Call(Aten.add_Scalar, left, right);

        public static Tensor operator +(Tensor left, long right) => Call(Aten.add_Scalar, left, right);

        public static Tensor operator +(Tensor left, float right) => Call(Aten.add_Scalar, left, (double)right);

        public static Tensor operator +(Tensor left, double right) => Call(Aten.add_Scalar, left, right);

        public static Tensor operator +(Scalar left, Tensor right) => Call(Aten.add_Scalar, right, left);

        public static Tensor operator +(int left, Tensor right) => Call(Aten.add_Scalar, right, left);

        public static Tensor operator +(long left, Tensor right) => Call(Aten.add_Scalar, right, left);

        public static Tensor operator +(float left, Tensor right) => Call(Aten.add_Scalar, right, (double)left);

        public static Tensor operator +(double left, Tensor right) => Call(Aten.add_Scalar, right, left);

        public static Tensor operator -(Tensor left, Tensor right) => Call(Aten.sub_Tensor, left, right);

        public static Tensor operator -(Tensor left, Scalar right) => Call(Aten.sub_Scalar, left, right);

        public static Tensor operator -(Tensor left, int right) => Call(Aten.sub_Scalar, left, right);

        public static Tensor operator -(Tensor left, long right) => Call(Aten.sub_Scalar, left, right);

        public static Tensor operator -(Tensor left, float right) => Call(Aten.sub_Scalar, left, (double)right);

        public static Tensor operator -(Tensor left, double right) => Call(Aten.sub_Scalar, left, right);

        public static Tensor operator -(Scalar left, Tensor right) => Call(Aten.rsub_Scalar, right, left);

        public static Tensor operator -(int left, Tensor right) => Call(Aten.rsub_Scalar, right, left);

        public static Tensor operator -(long left, Tensor right) => Call(Aten.rsub_Scalar, right, left);

        public static Tensor operator -(float left, Tensor right) => Call(Aten.rsub_Scalar, right, (double)left);

        public static Tensor operator -(double left, Tensor right) => Call(Aten.rsub_Scalar, right, left);

        public static Tensor operator *(Tensor left, Tensor right) => Call(Aten.mul_Tensor, left, right);

        public static Tensor operator *(Tensor left, Scalar right) => Call(Aten.mul_Scalar, left, right);

        public static Tensor operator *(Tensor left, int right) => Call(Aten.mul_Scalar, left, right);

        public static Tensor operator *(Tensor left, long right) => Call(Aten.mul_Scalar, left, right);

        public static Tensor operator *(Tensor left, float right) => Call(Aten.mul_Scalar, left, (double)right);

        public static Tensor operator *(Tensor left, double right) => Call(Aten.mul_Scalar, left, right);

        public static Tensor operator *(Scalar left, Tensor right) => Call(Aten.mul_Scalar, right, left);

        public static Tensor operator *(int left, Tensor right) => Call(Aten.mul_Scalar, right, left);

        public static Tensor operator *(long left, Tensor right) => Call(Aten.mul_Scalar, right, left);

        public static Tensor operator *(float left, Tensor right) => Call(Aten.mul_Scalar, right, (double)left);

        public static Tensor operator *(double left, Tensor right) => Call(Aten.mul_Scalar, right, left);

        public static Tensor operator /(Tensor left, Tensor right) => Call(Aten.div_Tensor, left, right);

        public static Tensor operator /(Tensor left, Scalar right) => Call(Aten.div_Scalar, left, right);

        public static Tensor operator /(Tensor left, int right) => Call(Aten.div_Scalar, left, right);

        public static Tensor operator /(Tensor left, long right) => Call(Aten.div_Scalar, left, right);

        public static Tensor operator /(Tensor left, float right) => Call(Aten.div_Scalar, left, (double)right);

        public static Tensor operator /(Tensor left, double right) => Call(Aten.div_Scalar, left, right);

        public static Tensor operator /(Scalar left, Tensor right) => Reciprocal(right, left);

        public static Tensor operator /(int left, Tensor right) => Reciprocal(right, left);

        public static Tensor operator /(long left, Tensor right) => Reciprocal(right, left);

        public static Tensor operator /(float left, Tensor right) => Reciprocal(right, (double)left);

        public static Tensor operator /(double left, Tensor right) => Reciprocal(right, left);

        public static Tensor operator %(Tensor left, Tensor right) => Call(Aten.remainder_Tensor, left, right);

        public static Tensor operator %(Tensor left, Scalar right) => Call(Aten.remainder_Scalar, left, right);

        public static Tensor operator %(Tensor left, int right) => Call(Aten.remainder_Scalar, left, right);

        public static Tensor operator %(Tensor left, long right) => Call(Aten.remainder_Scalar, left, right);

        public static Tensor operator %(Tensor left, float right) => Call(Aten.remainder_Scalar, left, (double)right);

        public static Tensor operator %(Tensor left, double right) => Call(Aten.remainder_Scalar, left, right);

        public static Tensor operator -(Tensor tensor) => Call(Aten.neg, tensor);

        private static Tensor Reciprocal(Tensor divisor, scoped in Argument dividend)
        {
            using Tensor inverse = Call(Aten.reciprocal, divisor);
            return Call(Aten.mul_Scalar, inverse, dividend);
        }
    }
}
