namespace TorchSharp.Native;

/// <summary>The exports of native/runtime.cpp, grouped by signature.</summary>
internal static unsafe class RuntimeExports
{
    public static readonly delegate* unmanaged<nint, int, int>
        set_requires_grad = (delegate* unmanaged<nint, int, int>)NativeLoader.Export("set_requires_grad");

    public static readonly delegate* unmanaged<nint, int>
        retain_grad = (delegate* unmanaged<nint, int>)NativeLoader.Export("retain_grad");

    public static readonly delegate* unmanaged<nint, nint*, int>
        grad = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("grad"),
        generator_get_state = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("generator_get_state");

    public static readonly delegate* unmanaged<nint, nint, int>
        set_grad = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("set_grad"),
        generator_set_state = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("generator_set_state");

    public static readonly delegate* unmanaged<nint*, long, nint*, long, int, int, nint*, long, int>
        backward = (delegate* unmanaged<nint*, long, nint*, long, int, int, nint*, long, int>)NativeLoader.Export("backward");

    public static readonly delegate* unmanaged<nint*, long, nint*, long, nint*, long, int, int, int, nint**, long*, int>
        autograd_grad = (delegate* unmanaged<nint*, long, nint*, long, nint*, long, int, int, int, nint**, long*, int>)NativeLoader.Export("autograd_grad");

    public static readonly delegate* unmanaged[SuppressGCTransition]<int>
        is_grad_enabled = (delegate* unmanaged[SuppressGCTransition]<int>)NativeLoader.Export("is_grad_enabled"),
        is_inference_mode = (delegate* unmanaged[SuppressGCTransition]<int>)NativeLoader.Export("is_inference_mode");

    public static readonly delegate* unmanaged[SuppressGCTransition]<int, void>
        set_grad_enabled = (delegate* unmanaged[SuppressGCTransition]<int, void>)NativeLoader.Export("set_grad_enabled");

    public static readonly delegate* unmanaged<int, nint*, int>
        inference_guard = (delegate* unmanaged<int, nint*, int>)NativeLoader.Export("inference_guard");

    public static readonly delegate* unmanaged<nint, void>
        inference_guard_end = (delegate* unmanaged<nint, void>)NativeLoader.Export("inference_guard_end"),
        generator_free = (delegate* unmanaged<nint, void>)NativeLoader.Export("generator_free");

    public static readonly delegate* unmanaged<int>
        num_threads = (delegate* unmanaged<int>)NativeLoader.Export("num_threads"),
        num_interop_threads = (delegate* unmanaged<int>)NativeLoader.Export("num_interop_threads"),
        cuda_is_available = (delegate* unmanaged<int>)NativeLoader.Export("cuda_is_available"),
        cuda_device_count = (delegate* unmanaged<int>)NativeLoader.Export("cuda_device_count");

    public static readonly delegate* unmanaged<int, int>
        set_num_threads = (delegate* unmanaged<int, int>)NativeLoader.Export("set_num_threads"),
        set_num_interop_threads = (delegate* unmanaged<int, int>)NativeLoader.Export("set_num_interop_threads"),
        cuda_synchronize = (delegate* unmanaged<int, int>)NativeLoader.Export("cuda_synchronize");

    public static readonly delegate* unmanaged<long, int>
        manual_seed = (delegate* unmanaged<long, int>)NativeLoader.Export("manual_seed");

    public static readonly delegate* unmanaged<ulong, int, int, nint*, int>
        generator_new = (delegate* unmanaged<ulong, int, int, nint*, int>)NativeLoader.Export("generator_new");

    public static readonly delegate* unmanaged<nint*, int>
        generator_default = (delegate* unmanaged<nint*, int>)NativeLoader.Export("generator_default");

    public static readonly delegate* unmanaged<nint, long, int>
        generator_seed = (delegate* unmanaged<nint, long, int>)NativeLoader.Export("generator_seed");

    public static readonly delegate* unmanaged<nint, long*, int>
        generator_initial_seed = (delegate* unmanaged<nint, long*, int>)NativeLoader.Export("generator_initial_seed");
}
