namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public long Dimensions { get { var r = TensorCalls.dim(Handle); GC.KeepAlive(this); return r; } }
        public long dim() => Dimensions;
        public long ndim => Dimensions;

        public long NumberOfElements { get { var r = TensorCalls.numel(Handle); GC.KeepAlive(this); return r; } }
        public long numel() => NumberOfElements;

        public long ElementSize { get { var r = TensorCalls.element_size(Handle); GC.KeepAlive(this); return r; } }
        public long element_size() => ElementSize;

        public ScalarType dtype { get { var r = (ScalarType)TensorCalls.dtype(Handle); GC.KeepAlive(this); return r; } }
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_complex() => torch.is_complex(dtype);

        public DeviceType device_type { get { var r = (DeviceType)TensorCalls.device_type(Handle); GC.KeepAlive(this); return r; } }
        public int device_index { get { var r = TensorCalls.device_index(Handle); GC.KeepAlive(this); return r; } }
        public Device device => device_type == DeviceType.CPU ? new Device(DeviceType.CPU) : new Device(device_type, device_index);
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_leaf { get { var r = TensorCalls.is_leaf(Handle) != 0; GC.KeepAlive(this); return r; } }
        public bool is_contiguous() { var r = TensorCalls.is_contiguous(Handle) != 0; GC.KeepAlive(this); return r; }

        public long[] shape => size();

        public long[] size()
        {
            var sizes = new long[TensorCalls.dim(Handle)];
            fixed (long* p = sizes) TensorCalls.sizes(handle, p);
            GC.KeepAlive(this);
            return sizes;
        }

        public long size(int dim)
        {
            long r;
            Errors.Check(TensorCalls.size(Handle, dim, &r));
            GC.KeepAlive(this);
            return r;
        }

        public long[] stride()
        {
            var strides = new long[TensorCalls.dim(Handle)];
            fixed (long* p = strides) Errors.Check(TensorCalls.strides(handle, p));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim)
        {
            var strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public long storage_offset()
        {
            long r;
            Errors.Check(TensorCalls.storage_offset(Handle, &r));
            GC.KeepAlive(this);
            return r;
        }

        public bool is_nonzero()
        {
            if (numel() != 1) throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");
            int r;
            Errors.Check(TensorCalls.is_nonzero(Handle, &r));
            GC.KeepAlive(this);
            return r != 0;
        }
    }
}
