namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor[] split(long size, int dim = 0)
        {
            nint* r;
            long n;
            Errors.Check(ShapeCalls.split(Handle, size, dim, &r, &n));
            GC.KeepAlive(this);
            return Adopt(r, n);
        }

        public Tensor[] split(long[] sizes, long dim = 0) => split((ReadOnlySpan<long>)sizes, dim);

        public Tensor[] split(params long[] sizes) => split((ReadOnlySpan<long>)sizes, 0);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0)
        {
            nint* r;
            long n;
            fixed (long* p = sizes) Errors.Check(ShapeCalls.split_sizes(Handle, new Ints(p, sizes.Length), dim, &r, &n));
            GC.KeepAlive(this);
            return Adopt(r, n);
        }

        public Tensor[] chunk(long chunks, long dim = 0L)
        {
            nint* r;
            long n;
            Errors.Check(ShapeCalls.chunk(Handle, chunks, dim, &r, &n));
            GC.KeepAlive(this);
            return Adopt(r, n);
        }

        public Tensor[] unbind(long dimension = 0L)
        {
            nint* r;
            long n;
            Errors.Check(ShapeCalls.unbind(Handle, dimension, &r, &n));
            GC.KeepAlive(this);
            return Adopt(r, n);
        }

        public Tensor index_select(long dim, Tensor index) => New(ShapeCalls.index_select, dim, index);
        public Tensor gather(long dim, Tensor index) => New(ShapeCalls.gather, dim, index);
        public Tensor masked_select(Tensor mask) => New(ShapeCalls.masked_select, mask);
        public Tensor nonzero() => New(ShapeCalls.nonzero);

        public Tensor take_along_dim(Tensor indices, long dim)
        {
            nint r;
            Errors.Check(ShapeCalls.take_along_dim(Handle, indices.Handle, dim, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            return new Tensor(r);
        }

        public Tensor index_copy(long dim, Tensor index, Tensor source) => New(ShapeCalls.index_copy, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Self(ShapeCalls.index_copy_, dim, index, source);
        public Tensor scatter(long dim, Tensor index, Tensor src) => New(ShapeCalls.scatter, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Self(ShapeCalls.scatter_, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => New(ShapeCalls.scatter_add, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Self(ShapeCalls.scatter_add_, dim, index, src);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            nint r;
            Errors.Check(ShapeCalls.index_add(Handle, dim, index.Handle, source.Handle, alpha.Value, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            GC.KeepAlive(source);
            return new Tensor(r);
        }

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Errors.Check(ShapeCalls.index_add_(Handle, dim, index.Handle, source.Handle, alpha.Value));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            GC.KeepAlive(source);
            return this;
        }

        public Tensor index_fill(long dim, Tensor index, Scalar value)
        {
            nint r;
            Errors.Check(ShapeCalls.index_fill(Handle, dim, index.Handle, value.Value, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            return new Tensor(r);
        }

        public Tensor index_fill_(long dim, Tensor index, Scalar value)
        {
            Errors.Check(ShapeCalls.index_fill_(Handle, dim, index.Handle, value.Value));
            GC.KeepAlive(this);
            GC.KeepAlive(index);
            return this;
        }
    }
}
