namespace TorchSharp.Native;

/// <summary>The exports of native/nn.cpp, grouped by signature.</summary>
internal static unsafe class FunctionalExports
{
    public static readonly delegate* unmanaged<nint, nint, nint, nint*, int>
        linear = (delegate* unmanaged<nint, nint, nint, nint*, int>)NativeLoader.Export("linear");

    public static readonly delegate* unmanaged<nint, nint, nint, int, Ints, Ints, Ints, long, nint*, int>
        conv = (delegate* unmanaged<nint, nint, nint, int, Ints, Ints, Ints, long, nint*, int>)NativeLoader.Export("conv");

    public static readonly delegate* unmanaged<nint, nint, nint, int, Ints, int, Ints, long, nint*, int>
        conv_padding = (delegate* unmanaged<nint, nint, nint, int, Ints, int, Ints, long, nint*, int>)NativeLoader.Export("conv_padding");

    public static readonly delegate* unmanaged<nint, Ints, nint, nint, double, nint*, int>
        layer_norm = (delegate* unmanaged<nint, Ints, nint, nint, double, nint*, int>)NativeLoader.Export("layer_norm");

    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, int, double, double, nint*, int>
        batch_norm = (delegate* unmanaged<nint, nint, nint, nint, nint, int, double, double, nint*, int>)NativeLoader.Export("batch_norm");

    public static readonly delegate* unmanaged<nint, long, int, nint*, int>
        softmax = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("softmax"),
        log_softmax = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("log_softmax");

    public static readonly delegate* unmanaged<nint, double, int, int, nint*, int>
        dropout = (delegate* unmanaged<nint, double, int, int, nint*, int>)NativeLoader.Export("dropout");

    public static readonly delegate* unmanaged<nint, nint, nint, long, long, double, nint*, int>
        cross_entropy = (delegate* unmanaged<nint, nint, nint, long, long, double, nint*, int>)NativeLoader.Export("cross_entropy");

    public static readonly delegate* unmanaged<nint, nint, nint, long, nint*, int>
        nll_loss = (delegate* unmanaged<nint, nint, nint, long, nint*, int>)NativeLoader.Export("nll_loss"),
        bce = (delegate* unmanaged<nint, nint, nint, long, nint*, int>)NativeLoader.Export("bce");

    public static readonly delegate* unmanaged<nint, nint, nint, nint, long, nint*, int>
        bce_with_logits = (delegate* unmanaged<nint, nint, nint, nint, long, nint*, int>)NativeLoader.Export("bce_with_logits");

    public static readonly delegate* unmanaged<nint, nint, long, nint*, int>
        mse_loss = (delegate* unmanaged<nint, nint, long, nint*, int>)NativeLoader.Export("mse_loss"),
        l1_loss = (delegate* unmanaged<nint, nint, long, nint*, int>)NativeLoader.Export("l1_loss");

    public static readonly delegate* unmanaged<nint, long, nint*, int>
        one_hot = (delegate* unmanaged<nint, long, nint*, int>)NativeLoader.Export("one_hot");

    public static readonly delegate* unmanaged<nint, Ints, int, double, nint*, int>
        pad = (delegate* unmanaged<nint, Ints, int, double, nint*, int>)NativeLoader.Export("pad");

    public static readonly delegate* unmanaged<nint, Ints, Ints, Ints, Ints, nint*, int>
        im2col = (delegate* unmanaged<nint, Ints, Ints, Ints, Ints, nint*, int>)NativeLoader.Export("im2col");

    public static readonly delegate* unmanaged<nint, Ints, Ints, Ints, Ints, int, nint*, int>
        max_pool2d = (delegate* unmanaged<nint, Ints, Ints, Ints, Ints, int, nint*, int>)NativeLoader.Export("max_pool2d");

    public static readonly delegate* unmanaged<nint, int, Ints, Ints, Ints, int, int, nint*, int>
        avg_pool = (delegate* unmanaged<nint, int, Ints, Ints, Ints, int, int, nint*, int>)NativeLoader.Export("avg_pool");

    public static readonly delegate* unmanaged<nint, int, Ints, nint*, int>
        adaptive_avg_pool = (delegate* unmanaged<nint, int, Ints, nint*, int>)NativeLoader.Export("adaptive_avg_pool");

    public static readonly delegate* unmanaged<nint, nint, nint, nint, double, int, nint*, int>
        attention = (delegate* unmanaged<nint, nint, nint, nint, double, int, nint*, int>)NativeLoader.Export("attention");

    public static readonly delegate* unmanaged<nint*, long, double, double, double*, int>
        clip_grad_norm_ = (delegate* unmanaged<nint*, long, double, double, double*, int>)NativeLoader.Export("clip_grad_norm_");

    public static readonly delegate* unmanaged<nint*, long, double, int>
        clip_grad_value_ = (delegate* unmanaged<nint*, long, double, int>)NativeLoader.Export("clip_grad_value_");
}
