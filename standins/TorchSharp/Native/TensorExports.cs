namespace TorchSharp.Native;

/// <summary>The exports of native/tensor.cpp, grouped by signature.</summary>
internal static unsafe class TensorExports
{
    public static readonly delegate* unmanaged[SuppressGCTransition]<long>
        live_handles = (delegate* unmanaged[SuppressGCTransition]<long>)NativeLoader.Export("live_handles");

    public static readonly delegate* unmanaged<nint, void>
        release = (delegate* unmanaged<nint, void>)NativeLoader.Export("release"),
        free = (delegate* unmanaged<nint, void>)NativeLoader.Export("free");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, long>
        dim = (delegate* unmanaged[SuppressGCTransition]<nint, long>)NativeLoader.Export("dim"),
        numel = (delegate* unmanaged[SuppressGCTransition]<nint, long>)NativeLoader.Export("numel"),
        element_size = (delegate* unmanaged[SuppressGCTransition]<nint, long>)NativeLoader.Export("element_size"),
        owned_bytes = (delegate* unmanaged[SuppressGCTransition]<nint, long>)NativeLoader.Export("owned_bytes");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, int>
        dtype = (delegate* unmanaged[SuppressGCTransition]<nint, int>)NativeLoader.Export("dtype"),
        device_type = (delegate* unmanaged[SuppressGCTransition]<nint, int>)NativeLoader.Export("device_type"),
        device_index = (delegate* unmanaged[SuppressGCTransition]<nint, int>)NativeLoader.Export("device_index"),
        requires_grad = (delegate* unmanaged[SuppressGCTransition]<nint, int>)NativeLoader.Export("requires_grad"),
        is_leaf = (delegate* unmanaged[SuppressGCTransition]<nint, int>)NativeLoader.Export("is_leaf"),
        is_contiguous = (delegate* unmanaged[SuppressGCTransition]<nint, int>)NativeLoader.Export("is_contiguous");

    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, long*, void>
        sizes = (delegate* unmanaged[SuppressGCTransition]<nint, long*, void>)NativeLoader.Export("sizes");

    public static readonly delegate* unmanaged<nint, long*, int>
        strides = (delegate* unmanaged<nint, long*, int>)NativeLoader.Export("strides"),
        storage_offset = (delegate* unmanaged<nint, long*, int>)NativeLoader.Export("storage_offset");

    public static readonly delegate* unmanaged<nint, long, long*, int>
        size = (delegate* unmanaged<nint, long, long*, int>)NativeLoader.Export("size");

    public static readonly delegate* unmanaged<nint, nint*, int>
        data = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("data"),
        cpu = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("cpu"),
        pin_memory = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("pin_memory");

    public static readonly delegate* unmanaged<nint, int*, int>
        is_nonzero = (delegate* unmanaged<nint, int*, int>)NativeLoader.Export("is_nonzero");

    public static readonly delegate* unmanaged<nint, Num*, int>
        item = (delegate* unmanaged<nint, Num*, int>)NativeLoader.Export("item");

    public static readonly delegate* unmanaged<nint, nint, double, double, int, int*, int>
        allclose = (delegate* unmanaged<nint, nint, double, double, int, int*, int>)NativeLoader.Export("allclose");

    public static readonly delegate* unmanaged<nint, nint, int*, int>
        equal = (delegate* unmanaged<nint, nint, int*, int>)NativeLoader.Export("equal");

    public static readonly delegate* unmanaged<nint, int, int, int, int, int, nint*, int>
        to = (delegate* unmanaged<nint, int, int, int, int, int, nint*, int>)NativeLoader.Export("to");

    public static readonly delegate* unmanaged<nint, nint, int, int>
        copy_ = (delegate* unmanaged<nint, nint, int, int>)NativeLoader.Export("copy_");

    public static readonly delegate* unmanaged<nint, NativeIndex*, long, nint*, int>
        index = (delegate* unmanaged<nint, NativeIndex*, long, nint*, int>)NativeLoader.Export("index");

    public static readonly delegate* unmanaged<nint, NativeIndex*, long, nint, int, int>
        index_put_ = (delegate* unmanaged<nint, NativeIndex*, long, nint, int, int>)NativeLoader.Export("index_put_");

    public static readonly delegate* unmanaged<nint, NativeIndex*, long, Num, int>
        index_fill_scalar_ = (delegate* unmanaged<nint, NativeIndex*, long, Num, int>)NativeLoader.Export("index_fill_scalar_");
}
