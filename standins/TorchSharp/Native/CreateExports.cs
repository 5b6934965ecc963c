namespace TorchSharp.Native;

/// <summary>The exports of native/create.cpp, grouped by signature.</summary>
internal static unsafe class CreateExports
{
    public static readonly delegate* unmanaged<Ints, TensorOptions, nint*, int>
        empty = (delegate* unmanaged<Ints, TensorOptions, nint*, int>)NativeLoader.Export("empty"),
        zeros = (delegate* unmanaged<Ints, TensorOptions, nint*, int>)NativeLoader.Export("zeros"),
        ones = (delegate* unmanaged<Ints, TensorOptions, nint*, int>)NativeLoader.Export("ones");

    public static readonly delegate* unmanaged<Ints, Num, TensorOptions, nint*, int>
        full = (delegate* unmanaged<Ints, Num, TensorOptions, nint*, int>)NativeLoader.Export("full");

    public static readonly delegate* unmanaged<Ints, nint, TensorOptions, nint*, int>
        rand = (delegate* unmanaged<Ints, nint, TensorOptions, nint*, int>)NativeLoader.Export("rand"),
        randn = (delegate* unmanaged<Ints, nint, TensorOptions, nint*, int>)NativeLoader.Export("randn");

    public static readonly delegate* unmanaged<long, long, Ints, nint, TensorOptions, nint*, int>
        randint = (delegate* unmanaged<long, long, Ints, nint, TensorOptions, nint*, int>)NativeLoader.Export("randint");

    public static readonly delegate* unmanaged<long, nint, TensorOptions, nint*, int>
        randperm = (delegate* unmanaged<long, nint, TensorOptions, nint*, int>)NativeLoader.Export("randperm");

    public static readonly delegate* unmanaged<Num, Num, Num, TensorOptions, nint*, int>
        arange = (delegate* unmanaged<Num, Num, Num, TensorOptions, nint*, int>)NativeLoader.Export("arange");

    public static readonly delegate* unmanaged<double, double, long, TensorOptions, nint*, int>
        linspace = (delegate* unmanaged<double, double, long, TensorOptions, nint*, int>)NativeLoader.Export("linspace");

    public static readonly delegate* unmanaged<long, long, TensorOptions, nint*, int>
        eye = (delegate* unmanaged<long, long, TensorOptions, nint*, int>)NativeLoader.Export("eye");

    public static readonly delegate* unmanaged<nint, TensorOptions, nint*, int>
        empty_like = (delegate* unmanaged<nint, TensorOptions, nint*, int>)NativeLoader.Export("empty_like"),
        zeros_like = (delegate* unmanaged<nint, TensorOptions, nint*, int>)NativeLoader.Export("zeros_like"),
        ones_like = (delegate* unmanaged<nint, TensorOptions, nint*, int>)NativeLoader.Export("ones_like"),
        rand_like = (delegate* unmanaged<nint, TensorOptions, nint*, int>)NativeLoader.Export("rand_like"),
        randn_like = (delegate* unmanaged<nint, TensorOptions, nint*, int>)NativeLoader.Export("randn_like");

    public static readonly delegate* unmanaged<nint, Num, TensorOptions, nint*, int>
        full_like = (delegate* unmanaged<nint, Num, TensorOptions, nint*, int>)NativeLoader.Export("full_like");

    public static readonly delegate* unmanaged<nint, Ints, int, TensorOptions, nint, delegate* unmanaged<nint, void>, nint*, int>
        from_memory = (delegate* unmanaged<nint, Ints, int, TensorOptions, nint, delegate* unmanaged<nint, void>, nint*, int>)NativeLoader.Export("from_memory");

    public static readonly delegate* unmanaged<nint, double, double, nint, int>
        normal_ = (delegate* unmanaged<nint, double, double, nint, int>)NativeLoader.Export("normal_"),
        uniform_ = (delegate* unmanaged<nint, double, double, nint, int>)NativeLoader.Export("uniform_"),
        random_ = (delegate* unmanaged<nint, double, double, nint, int>)NativeLoader.Export("random_");

    public static readonly delegate* unmanaged<nint, double, nint, int>
        exponential_ = (delegate* unmanaged<nint, double, nint, int>)NativeLoader.Export("exponential_"),
        bernoulli_ = (delegate* unmanaged<nint, double, nint, int>)NativeLoader.Export("bernoulli_");

    public static readonly delegate* unmanaged<nint, nint, nint, int>
        bernoulli_t_ = (delegate* unmanaged<nint, nint, nint, int>)NativeLoader.Export("bernoulli_t_");

    public static readonly delegate* unmanaged<nint, nint, nint*, int>
        bernoulli = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bernoulli");

    public static readonly delegate* unmanaged<nint, long, int, nint, nint*, int>
        multinomial = (delegate* unmanaged<nint, long, int, nint, nint*, int>)NativeLoader.Export("multinomial");
}
