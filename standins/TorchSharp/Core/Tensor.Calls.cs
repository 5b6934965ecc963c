namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        // The shapes of native calls. Each keeps its tensors alive until the call is back: their handles are all that the call sees.

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor New(delegate* unmanaged<nint, nint*, int> f)
        {
            nint r;
            Errors.Check(f(Handle, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor Self(delegate* unmanaged<nint, int> f)
        {
            Errors.Check(f(Handle));
            GC.KeepAlive(this);
            return this;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor New(delegate* unmanaged<nint, nint, nint*, int> f, Tensor other)
        {
            nint r;
            Errors.Check(f(Handle, other.Handle, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(other);
            return new Tensor(r);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor Self(delegate* unmanaged<nint, nint, int> f, Tensor other)
        {
            Errors.Check(f(Handle, other.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(other);
            return this;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor New(delegate* unmanaged<nint, Num, nint*, int> f, Scalar other)
        {
            nint r;
            Errors.Check(f(Handle, other.Value, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor Self(delegate* unmanaged<nint, Num, int> f, Scalar other)
        {
            Errors.Check(f(Handle, other.Value));
            GC.KeepAlive(this);
            return this;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor New(delegate* unmanaged<nint, nint, Num, nint*, int> f, Tensor other, Num factor)
        {
            nint r;
            Errors.Check(f(Handle, other.Handle, factor, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(other);
            return new Tensor(r);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor Self(delegate* unmanaged<nint, nint, Num, int> f, Tensor other, Num factor)
        {
            Errors.Check(f(Handle, other.Handle, factor));
            GC.KeepAlive(this);
            GC.KeepAlive(other);
            return this;
        }

        private Tensor New(delegate* unmanaged<nint, Num, Num, nint*, int> f, Scalar other, Num factor)
        {
            nint r;
            Errors.Check(f(Handle, other.Value, factor, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor Self(delegate* unmanaged<nint, Num, Num, int> f, Scalar other, Num factor)
        {
            Errors.Check(f(Handle, other.Value, factor));
            GC.KeepAlive(this);
            return this;
        }

        private Tensor New(delegate* unmanaged<nint, nint, nint, Num, nint*, int> f, Tensor b, Tensor c, Num factor)
        {
            nint r;
            Errors.Check(f(Handle, b.Handle, c.Handle, factor, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(b);
            GC.KeepAlive(c);
            return new Tensor(r);
        }

        private Tensor Self(delegate* unmanaged<nint, nint, nint, Num, int> f, Tensor b, Tensor c, Num factor)
        {
            Errors.Check(f(Handle, b.Handle, c.Handle, factor));
            GC.KeepAlive(this);
            GC.KeepAlive(b);
            GC.KeepAlive(c);
            return this;
        }

        private Tensor New(delegate* unmanaged<nint, nint, nint, nint*, int> f, Tensor? b, Tensor? c)
        {
            nint r;
            Errors.Check(f(Handle, HandleOf(b), HandleOf(c), &r));
            GC.KeepAlive(this);
            GC.KeepAlive(b);
            GC.KeepAlive(c);
            return new Tensor(r);
        }

        private Tensor Self(delegate* unmanaged<nint, nint, nint, int> f, Tensor? b, Tensor? c)
        {
            Errors.Check(f(Handle, HandleOf(b), HandleOf(c)));
            GC.KeepAlive(this);
            GC.KeepAlive(b);
            GC.KeepAlive(c);
            return this;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Tensor New(delegate* unmanaged<nint, long, nint*, int> f, long x)
        {
            nint r;
            Errors.Check(f(Handle, x, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, long, long, nint*, int> f, long x, long y)
        {
            nint r;
            Errors.Check(f(Handle, x, y, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, long, long, long, nint*, int> f, long x, long y, long z)
        {
            nint r;
            Errors.Check(f(Handle, x, y, z, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, long, int, nint*, int> f, long x, int flag)
        {
            nint r;
            Errors.Check(f(Handle, x, flag, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private (Tensor, Tensor) New(delegate* unmanaged<nint, long, int, nint*, nint*, int> f, long x, int flag)
        {
            nint r, s;
            Errors.Check(f(Handle, x, flag, &r, &s));
            GC.KeepAlive(this);
            return (new Tensor(r), new Tensor(s));
        }

        private Tensor New(delegate* unmanaged<nint, Ints, nint*, int> f, ReadOnlySpan<long> numbers)
        {
            nint r;
            fixed (long* p = numbers) Errors.Check(f(Handle, new Ints(p, numbers.Length), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, Ints, int, nint*, int> f, ReadOnlySpan<long> numbers, bool flag)
        {
            nint r;
            fixed (long* p = numbers) Errors.Check(f(Handle, new Ints(p, numbers.Length), flag ? 1 : 0, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, Ints, int, int, nint*, int> f, ReadOnlySpan<long> numbers, int x, int y)
        {
            nint r;
            fixed (long* p = numbers) Errors.Check(f(Handle, new Ints(p, numbers.Length), x, y, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, Ints, Ints, nint*, int> f, ReadOnlySpan<long> x, ReadOnlySpan<long> y)
        {
            nint r;
            fixed (long* p = x)
            fixed (long* q = y)
                Errors.Check(f(Handle, new Ints(p, x.Length), new Ints(q, y.Length), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, long, nint, nint*, int> f, long dim, Tensor index)
        {
            nint r;
            Errors.Check(f(Handle, dim, index.Handle, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            return new Tensor(r);
        }

        private Tensor New(delegate* unmanaged<nint, long, nint, nint, nint*, int> f, long dim, Tensor index, Tensor source)
        {
            nint r;
            Errors.Check(f(Handle, dim, index.Handle, source.Handle, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            GC.KeepAlive(source);
            return new Tensor(r);
        }

        private Tensor Self(delegate* unmanaged<nint, long, nint, nint, int> f, long dim, Tensor index, Tensor source)
        {
            Errors.Check(f(Handle, dim, index.Handle, source.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            GC.KeepAlive(source);
            return this;
        }

        internal static nint HandleOf(Tensor? tensor) => tensor is null ? 0 : tensor.Handle;

        /// <summary>Owns the tensors of an array that the shim allocated.</summary>
        internal static Tensor[] Adopt(nint* handles, long count)
        {
            var tensors = new Tensor[count];
            for (var i = 0; i < tensors.Length; i++) tensors[i] = handles[i] == 0 ? null! : new Tensor(handles[i]);
            TensorCalls.free((nint)handles);
            return tensors;
        }

        internal static int TypeOrNone(ScalarType? type) => type is { } t ? (int)t : -1;
    }
}
