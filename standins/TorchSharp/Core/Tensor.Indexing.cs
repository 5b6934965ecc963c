namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices] { get => index(indices); set => index_put_(value, indices); }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices] { get => index(indices); set => index_put_(value, indices); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1] { get => index(Positions(i1)); set => index_put_(value, Positions(i1)); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2] { get => index(Positions(i1, i2)); set => index_put_(value, Positions(i1, i2)); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3] { get => index(Positions(i1, i2, i3)); set => index_put_(value, Positions(i1, i2, i3)); }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(Positions(i1, i2, i3, i4));
            set => index_put_(value, Positions(i1, i2, i3, i4));
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices] { get => index(Positions(indices)); set => index_put_(value, Positions(indices)); }

        public Tensor index(params TensorIndex[] indices)
        {
            var native = stackalloc NativeIndex[indices.Length];
            Encode(indices, native);
            nint r;
            Errors.Check(TensorCalls.index(Handle, native, indices.Length, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            return new Tensor(r);
        }

        public Tensor index(params Tensor[] indices) => index(Tensors(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            if (accumulate && !indices.Any(i => i.tensor is not null))
                throw new ArgumentException("To accumulate, the indices must be tensors whose positions name the elements to update.", nameof(indices));
            var native = stackalloc NativeIndex[indices.Length];
            Encode(indices, native);
            Errors.Check(TensorCalls.index_put_(Handle, native, indices.Length, value.Handle, accumulate ? 1 : 0));
            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            GC.KeepAlive(value);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Tensors(indices), false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => index_put_(value, Tensors(indices), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            var native = stackalloc NativeIndex[indices.Length];
            Encode(indices, native);
            Errors.Check(TensorCalls.index_fill_scalar_(Handle, native, indices.Length, value.Value));
            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Tensors(indices));

        private static void Encode(TensorIndex[] indices, NativeIndex* native)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                native[i] = indices[i].native;
                if (indices[i].tensor is { } tensor) native[i].Tensor = tensor.Handle;
            }
        }

        private static TensorIndex[] Positions(params long[] positions) => Array.ConvertAll(positions, p => TensorIndex.Single(p));

        private static TensorIndex[] Tensors(Tensor[] tensors) => Array.ConvertAll(tensors, TensorIndex.Tensor);
    }
}
