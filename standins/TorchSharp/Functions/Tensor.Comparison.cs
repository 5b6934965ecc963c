namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor eq(Tensor target) => New(MathCalls.eq, target);
        public Tensor eq_(Tensor target) => Self(MathCalls.eq_, target);
        public Tensor eq(Scalar target) => New(MathCalls.eq_s, target);
        public Tensor eq_(Scalar target) => Self(MathCalls.eq_s_, target);
        public Tensor equal(Tensor target) => eq(target);
        public Tensor ne(Tensor target) => New(MathCalls.ne, target);
        public Tensor ne_(Tensor target) => Self(MathCalls.ne_, target);
        public Tensor ne(Scalar target) => New(MathCalls.ne_s, target);
        public Tensor ne_(Scalar target) => Self(MathCalls.ne_s_, target);
        public Tensor not_equal(Tensor target) => ne(target);
        public Tensor lt(Tensor target) => New(MathCalls.lt, target);
        public Tensor lt_(Tensor target) => Self(MathCalls.lt_, target);
        public Tensor lt(Scalar target) => New(MathCalls.lt_s, target);
        public Tensor lt_(Scalar target) => Self(MathCalls.lt_s_, target);
        public Tensor less(Tensor target) => lt(target);
        public Tensor le(Tensor target) => New(MathCalls.le, target);
        public Tensor le_(Tensor target) => Self(MathCalls.le_, target);
        public Tensor le(Scalar target) => New(MathCalls.le_s, target);
        public Tensor le_(Scalar target) => Self(MathCalls.le_s_, target);
        public Tensor less_equal(Tensor target) => le(target);
        public Tensor gt(Tensor target) => New(MathCalls.gt, target);
        public Tensor gt_(Tensor target) => Self(MathCalls.gt_, target);
        public Tensor gt(Scalar target) => New(MathCalls.gt_s, target);
        public Tensor gt_(Scalar target) => Self(MathCalls.gt_s_, target);
        public Tensor greater(Tensor target) => gt(target);
        public Tensor ge(Tensor target) => New(MathCalls.ge, target);
        public Tensor ge_(Tensor target) => Self(MathCalls.ge_, target);
        public Tensor ge(Scalar target) => New(MathCalls.ge_s, target);
        public Tensor ge_(Scalar target) => Self(MathCalls.ge_s_, target);
        public Tensor greater_equal(Tensor target) => ge(target);
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);

        /// <summary>Whether shape, type and elements agree.</summary>
        public bool Equals(Tensor target)
        {
            int r;
            Errors.Check(TensorCalls.equal(Handle, target.Handle, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(target);
            return r != 0;
        }

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            int r;
            Errors.Check(TensorCalls.allclose(Handle, target.Handle, rtol, atol, equal_nan ? 1 : 0, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(target);
            return r != 0;
        }
    }
}
