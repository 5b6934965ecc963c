namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        private static int Flag(bool value) => value ? 1 : 0;

        private Tensor Reduce(delegate* unmanaged<nint, int, nint*, int> f, ScalarType? type)
        {
            nint r;
            Errors.Check(f(Handle, TypeOrNone(type), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor sum(ScalarType? type = null) => Reduce(MathCalls.sum, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            New(MathCalls.sum_dims, dim, Flag(keepdim), TypeOrNone(type));
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);

        public Tensor mean() => New(MathCalls.mean);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            New(MathCalls.mean_dims, dimensions, Flag(keepdim), TypeOrNone(type));

        public Tensor prod(ScalarType? type = null) => Reduce(MathCalls.prod, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null)
        {
            nint r;
            Errors.Check(MathCalls.prod_dim(Handle, dim, Flag(keepdim), TypeOrNone(type), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor Spread(delegate* unmanaged<nint, Ints, int, int, nint*, int> f, bool unbiased)
        {
            nint r;
            Errors.Check(f(Handle, Ints.None, Flag(unbiased), 0, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor Spread(delegate* unmanaged<nint, Ints, int, int, nint*, int> f, ReadOnlySpan<long> dims, bool unbiased, bool keepdim, ScalarType? type)
        {
            if (type is not { } t) return New(f, dims, Flag(unbiased), Flag(keepdim));
            using var converted = to_type(t);
            return converted.New(f, dims, Flag(unbiased), Flag(keepdim));
        }

        public Tensor var(bool unbiased = true) => Spread(MathCalls.var, unbiased);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Spread(MathCalls.var, dimensions, unbiased, keepdim, type);
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Spread(MathCalls.var, dimensions, unbiased, keepdim, type);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Spread(MathCalls.var, [dim], unbiased, keepdim, type);
        public Tensor std(bool unbiased = true) => Spread(MathCalls.std, unbiased);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Spread(MathCalls.std, dimensions, unbiased, keepdim, type);
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Spread(MathCalls.std, dimensions, unbiased, keepdim, type);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Spread(MathCalls.std, [dim], unbiased, keepdim, type);

        public (Tensor @var, Tensor mean) var_mean(bool unbiased = true)
        {
            nint v, m;
            Errors.Check(MathCalls.var_mean(Handle, Ints.None, Flag(unbiased), 0, &v, &m));
            GC.KeepAlive(this);
            return (new Tensor(v), new Tensor(m));
        }

        public (Tensor std, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var_mean((ReadOnlySpan<long>)dimensions, unbiased, keepdim, type);

        public (Tensor std, Tensor mean) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            if (type is { } t && t != dtype)
            {
                using var converted = to_type(t);
                return converted.var_mean(dimensions, unbiased, keepdim);
            }
            nint v, m;
            fixed (long* p = dimensions) Errors.Check(MathCalls.var_mean(Handle, new Ints(p, dimensions.Length), Flag(unbiased), Flag(keepdim), &v, &m));
            GC.KeepAlive(this);
            return (new Tensor(v), new Tensor(m));
        }

        public (Tensor @var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var_mean([dim], unbiased, keepdim, type);

        public Tensor all() => New(MathCalls.all);
        public Tensor all(long dim, bool keepdim = false) => New(MathCalls.all_dim, dim, Flag(keepdim));
        public Tensor any() => New(MathCalls.any);
        public Tensor any(long dim, bool keepdim = false) => New(MathCalls.any_dim, dim, Flag(keepdim));

        public Tensor max() => New(MathCalls.max);
        public Tensor max(Tensor other) => maximum(other);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => New(MathCalls.max_dim, dim, Flag(keepdim));
        public Tensor min() => New(MathCalls.min);
        public Tensor min(Tensor other) => minimum(other);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => New(MathCalls.min_dim, dim, Flag(keepdim));
        public Tensor median() => New(MathCalls.median);

        public Tensor amax(params long[] dims) => New(MathCalls.amax, dims, false);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => Into(@out, New(MathCalls.amax, dims, keepdim));
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => amax((ReadOnlySpan<long>)dims, keepdim, @out);
        public Tensor amin(params long[] dims) => New(MathCalls.amin, dims, false);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => Into(@out, New(MathCalls.amin, dims, keepdim));
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => amin((ReadOnlySpan<long>)dims, keepdim, @out);

        private static Tensor Into(Tensor? @out, Tensor result)
        {
            if (@out is null) return result;
            @out.copy_(result);
            result.Dispose();
            return @out.alias();
        }

        public Tensor argmax() => New(MathCalls.argmax);
        public Tensor argmax(long dim, bool keepdim = false) => New(MathCalls.argmax_dim, dim, Flag(keepdim));
        public Tensor argmin() => New(MathCalls.argmin);
        public Tensor argmin(long dim, bool keepdim = false) => New(MathCalls.argmin_dim, dim, Flag(keepdim));
        public Tensor logsumexp(long dim, bool keepdim = false) => New(MathCalls.logsumexp_dim, dim, Flag(keepdim));

        public Tensor norm(float p = 2.0f)
        {
            nint r;
            Errors.Check(MathCalls.norm(Handle, p, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f)
        {
            nint r;
            Errors.Check(MathCalls.norm_dim(Handle, dim, Flag(keepdim), p, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor cumsum(long dim, ScalarType? type = null) => New(MathCalls.cumsum, dim, TypeOrNone(type));
        public Tensor cumprod(long dim, ScalarType? type = null) => New(MathCalls.cumprod, dim, TypeOrNone(type));

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            nint v, i;
            Errors.Check(MathCalls.topk(Handle, k, dim, Flag(largest), Flag(sorted), &v, &i));
            GC.KeepAlive(this);
            return (new Tensor(v), new Tensor(i));
        }

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            nint v, i;
            Errors.Check(MathCalls.sort(Handle, dim, Flag(descending), Flag(stable), &v, &i));
            GC.KeepAlive(this);
            return (new Tensor(v), new Tensor(i));
        }

        public Tensor argsort(long dim = -1, bool descending = false) => New(MathCalls.argsort, dim, Flag(descending));

        public Tensor bincount(Tensor? weights, long minlength = 0)
        {
            nint r;
            Errors.Check(MathCalls.bincount(Handle, HandleOf(weights), minlength, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(weights);
            return new Tensor(r);
        }

        public Tensor count_nonzero(long[]? dims = null)
        {
            nint r;
            fixed (long* p = dims) Errors.Check(MathCalls.count_nonzero(Handle, dims is null ? Ints.None : new Ints(p, dims.Length), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor softmax(long dim, ScalarType? dtype = null) => nn.functional.softmax(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => New(FunctionalCalls.log_softmax, dim, TypeOrNone(dtype));
    }
}
