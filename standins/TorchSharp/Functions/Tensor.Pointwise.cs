namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor abs() => New(MathCalls.abs);
        public Tensor abs_() => Self(MathCalls.abs_);
        public Tensor neg() => New(MathCalls.neg);
        public Tensor neg_() => Self(MathCalls.neg_);
        public Tensor exp() => New(MathCalls.exp);
        public Tensor exp_() => Self(MathCalls.exp_);
        public Tensor expm1() => New(MathCalls.expm1);
        public Tensor expm1_() => Self(MathCalls.expm1_);
        public Tensor log() => New(MathCalls.log);
        public Tensor log_() => Self(MathCalls.log_);
        public Tensor log1p() => New(MathCalls.log1p);
        public Tensor log1p_() => Self(MathCalls.log1p_);
        public Tensor log2() => New(MathCalls.log2);
        public Tensor log2_() => Self(MathCalls.log2_);
        public Tensor log10() => New(MathCalls.log10);
        public Tensor log10_() => Self(MathCalls.log10_);
        public Tensor sqrt() => New(MathCalls.sqrt);
        public Tensor sqrt_() => Self(MathCalls.sqrt_);
        public Tensor rsqrt() => New(MathCalls.rsqrt);
        public Tensor rsqrt_() => Self(MathCalls.rsqrt_);
        public Tensor reciprocal() => New(MathCalls.reciprocal);
        public Tensor reciprocal_() => Self(MathCalls.reciprocal_);
        public Tensor sin() => New(MathCalls.sin);
        public Tensor sin_() => Self(MathCalls.sin_);
        public Tensor cos() => New(MathCalls.cos);
        public Tensor cos_() => Self(MathCalls.cos_);
        public Tensor tanh() => New(MathCalls.tanh);
        public Tensor tanh_() => Self(MathCalls.tanh_);
        public Tensor sigmoid() => New(MathCalls.sigmoid);
        public Tensor sigmoid_() => Self(MathCalls.sigmoid_);
        public Tensor relu() => New(MathCalls.relu);
        public Tensor relu_() => Self(MathCalls.relu_);
        public Tensor erf() => New(MathCalls.erf);
        public Tensor erf_() => Self(MathCalls.erf_);
        public Tensor erfinv() => New(MathCalls.erfinv);
        public Tensor erfinv_() => Self(MathCalls.erfinv_);
        public Tensor floor() => New(MathCalls.floor);
        public Tensor floor_() => Self(MathCalls.floor_);
        public Tensor ceil() => New(MathCalls.ceil);
        public Tensor ceil_() => Self(MathCalls.ceil_);
        public Tensor trunc() => New(MathCalls.trunc);
        public Tensor trunc_() => Self(MathCalls.trunc_);
        public Tensor sign() => New(MathCalls.sign);
        public Tensor sign_() => Self(MathCalls.sign_);
        public Tensor logical_not() => New(MathCalls.logical_not);
        public Tensor logical_not_() => Self(MathCalls.logical_not_);
        public Tensor gelu() => New(MathCalls.gelu);
        public Tensor gelu_() => Self(MathCalls.gelu_);
        public Tensor silu() => New(MathCalls.silu);
        public Tensor silu_() => Self(MathCalls.silu_);
        public Tensor bitwise_not() => New(MathCalls.bitwise_not);
        public Tensor isnan() => New(MathCalls.isnan);
        public Tensor isinf() => New(MathCalls.isinf);
        public Tensor isfinite() => New(MathCalls.isfinite);
        public Tensor square() => New(MathCalls.square);
        public Tensor absolute() => abs();
        public Tensor negative() => neg();
        public Tensor zero_() => Self(MathCalls.zero_);
        public Tensor round(long decimals = 0L) => decimals == 0 ? New(MathCalls.round) : (this * Math.Pow(10, decimals)).round() / Math.Pow(10, decimals);
        public Tensor round_(long decimals = 0L) => decimals == 0 ? Self(MathCalls.round_) : copy_(round(decimals));

        public Tensor add(Tensor target) => New(MathCalls.add, target, Num.One);
        public Tensor add(Tensor target, Scalar alpha) => New(MathCalls.add, target, alpha.Value);
        public Tensor add(Scalar scalar) => New(MathCalls.add_s, scalar, Num.One);
        public Tensor add(Scalar scalar, Scalar alpha) => New(MathCalls.add_s, scalar, alpha.Value);
        public Tensor add_(Tensor target) => Self(MathCalls.add_, target, Num.One);
        public Tensor add_(Tensor target, Scalar alpha) => Self(MathCalls.add_, target, alpha.Value);
        public Tensor add_(Scalar scalar) => Self(MathCalls.add_s_, scalar, Num.One);
        public Tensor add_(Scalar scalar, Scalar alpha) => Self(MathCalls.add_s_, scalar, alpha.Value);

        public Tensor sub(Tensor target) => New(MathCalls.sub, target, Num.One);
        public Tensor sub(Scalar target) => New(MathCalls.sub_s, target, Num.One);
        public Tensor sub_(Tensor target) => Self(MathCalls.sub_, target, Num.One);
        public Tensor sub_(Scalar target) => Self(MathCalls.sub_s_, target, Num.One);
        public Tensor subtract(Tensor target) => sub(target);
        public Tensor subtract(Scalar target) => sub(target);
        public Tensor subtract_(Tensor target) => sub_(target);
        public Tensor subtract_(Scalar target) => sub_(target);

        public Tensor mul(Tensor target) => New(MathCalls.mul, target);
        public Tensor mul_(Tensor target) => Self(MathCalls.mul_, target);
        public Tensor mul(Scalar target) => New(MathCalls.mul_s, target);
        public Tensor mul_(Scalar target) => Self(MathCalls.mul_s_, target);
        public Tensor pow(Tensor exponent) => New(MathCalls.pow, exponent);
        public Tensor pow_(Tensor exponent) => Self(MathCalls.pow_, exponent);
        public Tensor pow(Scalar exponent) => New(MathCalls.pow_s, exponent);
        public Tensor pow_(Scalar exponent) => Self(MathCalls.pow_s_, exponent);
        public Tensor fmod(Tensor target) => New(MathCalls.fmod, target);
        public Tensor fmod_(Tensor target) => Self(MathCalls.fmod_, target);
        public Tensor fmod(Scalar scalar) => New(MathCalls.fmod_s, scalar);
        public Tensor fmod_(Scalar scalar) => Self(MathCalls.fmod_s_, scalar);
        public Tensor remainder(Tensor target) => New(MathCalls.remainder, target);
        public Tensor remainder_(Tensor target) => Self(MathCalls.remainder_, target);
        public Tensor remainder(Scalar scalar) => New(MathCalls.remainder_s, scalar);
        public Tensor remainder_(Scalar scalar) => Self(MathCalls.remainder_s_, scalar);
        public Tensor multiply(Tensor target) => mul(target);
        public Tensor multiply(Scalar target) => mul(target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            nint r;
            Errors.Check(MathCalls.div(Handle, target.Handle, (int)rounding_mode, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(target);
            return new Tensor(r);
        }

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Errors.Check(MathCalls.div_(Handle, target.Handle, (int)rounding_mode));
            GC.KeepAlive(this);
            GC.KeepAlive(target);
            return this;
        }

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            nint r;
            Errors.Check(MathCalls.div_s(Handle, target.Value, (int)rounding_mode, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Errors.Check(MathCalls.div_s_(Handle, target.Value, (int)rounding_mode));
            GC.KeepAlive(this);
            return this;
        }

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor true_divide(Tensor other) => div(other);
        public Tensor true_divide(Scalar other) => div(other);
        public Tensor floor_divide(Tensor other) => New(MathCalls.floor_divide, other);
        public Tensor floor_divide(Scalar other) => div(other, RoundingMode.floor);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => New(MathCalls.addcmul, tensor1, tensor2, value.Value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Self(MathCalls.addcmul_, tensor1, tensor2, value.Value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => New(MathCalls.addcdiv, tensor1, tensor2, value.Value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => New(MathCalls.addcdiv, tensor1, tensor2, Num.One);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Self(MathCalls.addcdiv_, tensor1, tensor2, value.Value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Self(MathCalls.addcdiv_, tensor1, tensor2, Num.One);
        public Tensor lerp(Tensor end, Tensor weight) => New(MathCalls.lerp, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => Self(MathCalls.lerp_, end, weight);

        public Tensor fill_(Scalar value) => Self(MathCalls.fill_, value);

        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            nint r;
            Errors.Check(MathCalls.clamp(Handle, min is null ? 0 : 1, min?.Value ?? default, max is null ? 0 : 1, max?.Value ?? default, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            Errors.Check(MathCalls.clamp_(Handle, min is null ? 0 : 1, min?.Value ?? default, max is null ? 0 : 1, max?.Value ?? default));
            GC.KeepAlive(this);
            return this;
        }

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => New(MathCalls.clamp_t, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Self(MathCalls.clamp_t_, min, max);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);
        public Tensor clamp_max(Scalar max) => clamp((Scalar?)null, max);
        public Tensor clamp_max_(Scalar max) => clamp_((Scalar?)null, max);
        public Tensor clamp_min(Scalar min) => clamp(min, (Scalar?)null);
        public Tensor clamp_min_(Scalar min) => clamp_(min, (Scalar?)null);

        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null)
        {
            nint r;
            Errors.Check(MathCalls.nan_to_num(Handle, nan, posinf ?? 0, neginf ?? 0, posinf is null ? 0 : 1, neginf is null ? 0 : 1, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor maximum(Tensor other) => New(MathCalls.maximum, other);
        public Tensor minimum(Tensor other) => New(MathCalls.minimum, other);
        public Tensor atan2(Tensor other) => New(MathCalls.atan2, other);
        public Tensor logical_and(Tensor other) => New(MathCalls.logical_and, other);
        public Tensor logical_and_(Tensor other) => Self(MathCalls.logical_and_, other);
        public Tensor logical_or(Tensor other) => New(MathCalls.logical_or, other);
        public Tensor logical_or_(Tensor other) => Self(MathCalls.logical_or_, other);
        public Tensor logical_xor(Tensor other) => New(MathCalls.logical_xor, other);
        public Tensor bitwise_and(Tensor other) => New(MathCalls.bitwise_and, other);
        public Tensor bitwise_or(Tensor other) => New(MathCalls.bitwise_or, other);
        public Tensor bitwise_xor(Tensor other) => New(MathCalls.bitwise_xor, other);
        public Tensor bitwise_left_shift(Tensor other) => New(MathCalls.bitwise_left_shift, other);
        public Tensor bitwise_right_shift(Tensor other) => New(MathCalls.bitwise_right_shift, other);

        /// <summary>This where <paramref name="condition"/> holds, <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y)
        {
            nint r;
            Errors.Check(MathCalls.where(condition.Handle, Handle, y.Handle, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(condition);
            GC.KeepAlive(y);
            return new Tensor(r);
        }

        public Tensor masked_fill(Tensor mask, Scalar value) => New(MathCalls.masked_fill, mask, value.Value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Self(MathCalls.masked_fill_, mask, value.Value);
    }

    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }
}
