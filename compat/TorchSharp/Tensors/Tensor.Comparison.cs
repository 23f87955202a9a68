using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Comparison and logic; the comparison operators give a tensor of booleans.</summary>
    public partial class Tensor
    {
        public static Tensor operator ==(Tensor left, Tensor right) => Call(Aten.eq_Tensor, left, right);

        public static Tensor operator ==(Tensor left, Scalar right) => Call(Aten.eq_Scalar, left, right);

        public static Tensor operator ==(Scalar left, Tensor right) => Call(Aten.eq_Scalar, right, left);

        public static Tensor operator !=(Tensor left, Tensor right) => Call(Aten.ne_Tensor, left, right);

        public static Tensor operator !=(Tensor left, Scalar right) => Call(Aten.ne_Scalar, left, right);

        public static Tensor operator !=(Scalar left, Tensor right) => Call(Aten.ne_Scalar, right, left);

        public static Tensor operator <(Tensor left, Tensor right) => Call(Aten.lt_Tensor, left, right);

        public static Tensor operator <(Tensor left, Scalar right) => Call(Aten.lt_Scalar, left, right);

        public static Tensor operator <(Scalar left, Tensor right) => Call(Aten.gt_Scalar, right, left);

        public static Tensor operator <=(Tensor left, Tensor right) => Call(Aten.le_Tensor, left, right);

        public static Tensor operator <=(Tensor left, Scalar right) => Call(Aten.le_Scalar, left, right);

        public static Tensor operator <=(Scalar left, Tensor right) => Call(Aten.ge_Scalar, right, left);

        public static Tensor operator >(Tensor left, Tensor right) => Call(Aten.gt_Tensor, left, right);

        public static Tensor operator >(Tensor left, Scalar right) => Call(Aten.gt_Scalar, left, right);

        public static Tensor operator >(Scalar left, Tensor right) => Call(Aten.lt_Scalar, right, left);

        public static Tensor operator >=(Tensor left, Tensor right) => Call(Aten.ge_Tensor, left, right);

        public static Tensor operator >=(Tensor left, Scalar right) => Call(Aten.ge_Scalar, left, right);

        public static Tensor operator >=(Scalar left, Tensor right) => Call(Aten.le_Scalar, right, left);

        public Tensor eq(Tensor target) => Call(Aten.eq_Tensor, this, target);

        public Tensor eq(Scalar target) => Call(Aten.eq_Scalar, this, target);

        public Tensor eq_(Tensor target) => Self(Call(Aten.eq__Tensor, this, target));

        public Tensor eq_(Scalar target) => Self(Call(Aten.eq__Scalar, this, target));

        public Tensor ne(Tensor target) => Call(Aten.ne_Tensor, this, target);

        public Tensor ne(Scalar target) => Call(Aten.ne_Scalar, this, target);

        public Tensor ne_(Tensor target) => Self(Call(Aten.ne__Tensor, this, target));

        public Tensor ne_(Scalar target) => Self(Call(Aten.ne__Scalar, this, target));

        public Tensor lt(Tensor target) => Call(Aten.lt_Tensor, this, target);

        public Tensor lt(Scalar target) => Call(Aten.lt_Scalar, this, target);

        public Tensor lt_(Tensor target) => Self(Call(Aten.lt__Tensor, this, target));

        public Tensor lt_(Scalar target) => Self(Call(Aten.lt__Scalar, this, target));

        public Tensor le(Tensor target) => Call(Aten.le_Tensor, this, target);

        public Tensor le(Scalar target) => Call(Aten.le_Scalar, this, target);

        public Tensor le_(Tensor target) => Self(Call(Aten.le__Tensor, this, target));

        public Tensor le_(Scalar target) => Self(Call(Aten.le__Scalar, this, target));

        public Tensor gt(Tensor target) => Call(Aten.gt_Tensor, this, target);

        public Tensor gt(Scalar target) => Call(Aten.gt_Scalar, this, target);

        public Tensor gt_(Tensor target) => Self(Call(Aten.gt__Tensor, this, target));

        public Tensor gt_(Scalar target) => Self(Call(Aten.gt__Scalar, this, target));

        public Tensor ge(Tensor target) => Call(Aten.ge_Tensor, this, target);

        public Tensor ge(Scalar target) => Call(Aten.ge_Scalar, this, target);

        public Tensor ge_(Tensor target) => Self(Call(Aten.ge__Tensor, this, target));

        public Tensor ge_(Scalar target) => Self(Call(Aten.ge__Scalar, this, target));

        public Tensor logical_and(Tensor other) => Call(Aten.logical_and, this, other);

        public Tensor logical_and_(Tensor other) => Self(Call(Aten.logical_and_, this, other));

        public Tensor logical_or(Tensor other) => Call(Aten.logical_or, this, other);

        public Tensor logical_or_(Tensor other) => Self(Call(Aten.logical_or_, this, other));

        public Tensor logical_xor(Tensor other) => Call(Aten.logical_xor, this, other);

        public Tensor logical_xor_(Tensor other) => Self(Call(Aten.logical_xor_, this, other));

        public Tensor logical_not() => Call(Aten.logical_not, this);

        public Tensor bitwise_and(Tensor other) => Call(Aten.bitwise_and_Tensor, this, other);

        public Tensor bitwise_or(Tensor other) => Call(Aten.bitwise_or_Tensor, this, other);

        public Tensor bitwise_xor(Tensor other) => Call(Aten.bitwise_xor_Tensor, this, other);

        public Tensor bitwise_not() => Call(Aten.bitwise_not, this);

        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);

        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);

        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        public static Tensor operator ~(Tensor left) => left.bitwise_not();

        public Tensor isnan() => Call(Aten.isnan, this);

        public Tensor isfinite() => Call(Aten.isfinite, this);

        public Tensor isinf() => Call(Aten.isinf, this);

        public Tensor isposinf() => Call(Aten.isposinf, this);

        public Tensor isneginf() => Call(Aten.isneginf, this);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) => Call(Aten.isclose, this, other, rtol, atol, nanEqual);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Call(Aten.allclose, this, target, rtol, atol, equal_nan);

        public Tensor equal(Tensor target) => Call(Aten.eq_Tensor, this, target);

        public bool Equals(Tensor target) => Call(Aten.equal, this, target);

        public override bool Equals(object? obj) => obj is Tensor tensor && Equals(tensor);

        public override int GetHashCode() => base.GetHashCode();

        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false) => Call(Aten.isin_Tensor_Tensor, this, test_elements, assumeUnique, invert);
    }
}
