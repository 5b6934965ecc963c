namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>The elements, over the tensor's own memory on the CPU and over a copy otherwise. There is none for bfloat16: convert first.</summary>
        public Utils.TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new Utils.TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The only element, which must be of the type asked for.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            ValidateType(typeof(T));
            if (device_type == DeviceType.CPU) return *(T*)DataPointer();
            using var here = cpu();
            return *(T*)here.DataPointer();
        }

        /// <summary>The only element, of whatever type.</summary>
        public Scalar ToScalar()
        {
            Num r;
            Errors.Check(TensorCalls.item(Handle, &r));
            GC.KeepAlive(this);
            return new Scalar(r);
        }

        /// <summary>The memory of a contiguous CPU tensor. Nothing keeps the tensor alive while the span is in use but the caller.</summary>
        public Span<byte> bytes
        {
            get
            {
                var size = NumberOfElements * ElementSize;
                RequireBytes(size);
                return new Span<byte>((void*)DataPointer(), (int)size);
            }
            set
            {
                var size = NumberOfElements * ElementSize;
                if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (size != value.Length) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>((void*)DataPointer(), value.Length));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Writes the elements, without shape or type, of a contiguous CPU tensor.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            RequireBytes(0);
            var left = NumberOfElements * ElementSize;
            for (var at = (byte*)DataPointer(); left > 0;)
            {
                var now = (int)Math.Min(left, int.MaxValue);
                stream.Write(new ReadOnlySpan<byte>(at, now));
                at += now;
                left -= now;
            }
            GC.KeepAlive(this);
        }

        /// <summary>Fills a contiguous CPU tensor from a stream that holds at least as many bytes.</summary>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            RequireBytes(0);
            var left = NumberOfElements * ElementSize;
            for (var at = (byte*)DataPointer(); left > 0;)
            {
                var now = (int)Math.Min(left, int.MaxValue);
                stream.ReadExactly(new Span<byte>(at, now));
                at += now;
                left -= now;
            }
            GC.KeepAlive(this);
        }

        internal nint DataPointer()
        {
            nint r;
            Errors.Check(TensorCalls.data(Handle, &r));
            GC.KeepAlive(this);
            return r;
        }

        internal void ValidateType(Type type)
        {
            var expected = dtype switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Bool => typeof(bool),
                ScalarType.Float16 => typeof(Half),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                ScalarType.ComplexFloat32 => typeof((float, float)),
                ScalarType.ComplexFloat64 => typeof(System.Numerics.Complex),
                var other => throw new ArgumentException($"No support for {other} in TorchSharp"),
            };
            if (type != expected) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }

        private void RequireBytes(long size)
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (size > int.MaxValue) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        }
    }
}
