namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor alias() => New(ShapeCalls.alias);
        public Tensor clone() => New(ShapeCalls.clone);
        public Tensor contiguous() => New(ShapeCalls.contiguous);

        public Tensor view(params long[] shape) => New(ShapeCalls.view, shape);
        public Tensor view_as(Tensor other) => view(other.shape);
        public Tensor reshape(params long[] shape) => New(ShapeCalls.reshape, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => New(ShapeCalls.flatten, start_dim, end_dim);
        public Tensor ravel() => flatten();
        public Tensor permute(params long[] permutation) => New(ShapeCalls.permute, permutation);
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        public Tensor transpose(long dim0, long dim1) => New(ShapeCalls.transpose, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => transpose(dim0, dim1);
        public Tensor movedim(long[] source, long[] destination) => New(ShapeCalls.movedim, source, destination);
        public Tensor moveaxis(long[] source, long[] destination) => movedim(source, destination);
        public Tensor t() => New(ShapeCalls.t);
        public Tensor T => ndim == 2 ? t() : permute(Enumerable.Range(0, (int)ndim).Reverse().Select(i => (long)i));
        public Tensor mT => transpose(-2, -1);

        public Tensor unflatten(long dim, params long[] sizes)
        {
            nint r;
            fixed (long* p = sizes) Errors.Check(ShapeCalls.unflatten(Handle, dim, new Ints(p, sizes.Length), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor squeeze(long? dim = null)
        {
            nint r;
            Errors.Check(ShapeCalls.squeeze(Handle, dim.HasValue ? 1 : 0, dim ?? 0, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor squeeze_(long? dim = null)
        {
            Errors.Check(ShapeCalls.squeeze_(Handle, dim.HasValue ? 1 : 0, dim ?? 0));
            GC.KeepAlive(this);
            return this;
        }

        public Tensor unsqueeze(long dim) => New(ShapeCalls.unsqueeze, dim);

        public Tensor unsqueeze_(long dim)
        {
            Errors.Check(ShapeCalls.unsqueeze_(Handle, dim));
            GC.KeepAlive(this);
            return this;
        }

        public Tensor expand(params long[] sizes) => New(ShapeCalls.expand, sizes, false);
        public Tensor expand(long[] sizes, bool isImplicit = false) => New(ShapeCalls.expand, sizes, isImplicit);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => New(ShapeCalls.expand, sizes, isImplicit);
        public Tensor expand_as(Tensor other) => expand(other.shape);
        public Tensor broadcast_to(params long[] shape) => expand(shape);
        public Tensor repeat(params long[] sizes) => New(ShapeCalls.repeat, sizes);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            New(ShapeCalls.repeat_interleave, repeats, dim ?? NativeIndex.NotGiven);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L)
        {
            nint r;
            fixed (long* p = size)
            fixed (long* q = strides)
                Errors.Check(ShapeCalls.as_strided(Handle, new Ints(p, size.Length), new Ints(q, strides.Length), storageOffset, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor select(long dim, long index) => New(ShapeCalls.select, dim, index);
        public Tensor narrow(long dim, long start, long length) => New(ShapeCalls.narrow, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step)
        {
            nint r;
            Errors.Check(ShapeCalls.slice(Handle, dim, start, finish, step, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor unfold(long dimension, long size, long step) => New(ShapeCalls.unfold_dim, dimension, size, step);
        public Tensor diagonal(long offset = 0L, long dim1 = 0L, long dim2 = 1L) => New(ShapeCalls.diagonal, offset, dim1, dim2);
        public Tensor tril(long diagonal = 0) => New(ShapeCalls.tril, diagonal);
        public Tensor triu(long diagonal = 0) => New(ShapeCalls.triu, diagonal);

        public Tensor flip(params long[] dims) => New(ShapeCalls.flip, dims);
        public Tensor fliplr() => flip(1);
        public Tensor flipud() => flip(0);

        public Tensor rot90(long k = 1, (long, long)? dims = null)
        {
            var (a, b) = dims ?? (0, 1);
            var plane = stackalloc long[] { a, b };
            nint r;
            Errors.Check(ShapeCalls.rot90(Handle, k, new Ints(plane, 2), &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public Tensor roll(long shifts, long? dims = null) =>
            dims is { } dim ? roll([shifts], [dim]) : New(ShapeCalls.roll, [shifts], default(ReadOnlySpan<long>));

        public Tensor roll((long, long) shifts, (long, long) dims) => roll([shifts.Item1, shifts.Item2], [dims.Item1, dims.Item2]);
        public Tensor roll(long[] shifts, long[] dims) => New(ShapeCalls.roll, shifts, dims);
        public Tensor roll(long[] shifts) => New(ShapeCalls.roll, shifts, default(ReadOnlySpan<long>));
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => New(ShapeCalls.roll, shifts, dims);
    }
}
