namespace TorchSharp.Native;

/// <summary>The exports of native/shape.cpp, grouped by signature.</summary>
internal static unsafe class ShapeExports
{
    public static readonly delegate* unmanaged<nint, nint*, int>
        detach = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("detach"),
        clone = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("clone"),
        contiguous = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("contiguous"),
        alias = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("alias"),
        t = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("t"),
        nonzero = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("nonzero");

    public static readonly delegate* unmanaged<nint, int>
        detach_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("detach_");

    public static readonly delegate* unmanaged<nint, Ints, nint*, int>
        view = (delegate* unmanaged<nint, Ints, nint*, int>)NativeLoader.Export("view"),
        reshape = (delegate* unmanaged<nint, Ints, nint*, int>)NativeLoader.Export("reshape"),
        permute = (delegate* unmanaged<nint, Ints, nint*, int>)NativeLoader.Export("permute"),
        repeat = (delegate* unmanaged<nint, Ints, nint*, int>)NativeLoader.Export("repeat"),
        flip = (delegate* unmanaged<nint, Ints, nint*, int>)NativeLoader.Export("flip");

    public static readonly delegate* unmanaged<nint, Ints, int, nint*, int>
        expand = (delegate* unmanaged<nint, Ints, int, nint*, int>)NativeLoader.Export("expand");

    public static readonly delegate* unmanaged<nint, long, long, nint*, int>
        repeat_interleave = (delegate* unmanaged<nint, long, long, nint*, int>)NativeLoader.Export("repeat_interleave"),
        flatten = (delegate* unmanaged<nint, long, long, nint*, int>)NativeLoader.Export("flatten"),
        transpose = (delegate* unmanaged<nint, long, long, nint*, int>)NativeLoader.Export("transpose"),
        select = (delegate* unmanaged<nint, long, long, nint*, int>)NativeLoader.Export("select");

    public static readonly delegate* unmanaged<nint, Ints, Ints, long, nint*, int>
        as_strided = (delegate* unmanaged<nint, Ints, Ints, long, nint*, int>)NativeLoader.Export("as_strided");

    public static readonly delegate* unmanaged<nint, long, Ints, nint*, int>
        unflatten = (delegate* unmanaged<nint, long, Ints, nint*, int>)NativeLoader.Export("unflatten"),
        rot90 = (delegate* unmanaged<nint, long, Ints, nint*, int>)NativeLoader.Export("rot90");

    public static readonly delegate* unmanaged<nint, Ints, Ints, nint*, int>
        movedim = (delegate* unmanaged<nint, Ints, Ints, nint*, int>)NativeLoader.Export("movedim"),
        roll = (delegate* unmanaged<nint, Ints, Ints, nint*, int>)NativeLoader.Export("roll");

    public static readonly delegate* unmanaged<nint, int, long, nint*, int>
        squeeze = (delegate* unmanaged<nint, int, long, nint*, int>)NativeLoader.Export("squeeze");

    public static readonly delegate* unmanaged<nint, int, long, int>
        squeeze_ = (delegate* unmanaged<nint, int, long, int>)NativeLoader.Export("squeeze_");

    public static readonly delegate* unmanaged<nint, long, nint*, int>
        unsqueeze = (delegate* unmanaged<nint, long, nint*, int>)NativeLoader.Export("unsqueeze"),
        tril = (delegate* unmanaged<nint, long, nint*, int>)NativeLoader.Export("tril"),
        triu = (delegate* unmanaged<nint, long, nint*, int>)NativeLoader.Export("triu");

    public static readonly delegate* unmanaged<nint, long, int>
        unsqueeze_ = (delegate* unmanaged<nint, long, int>)NativeLoader.Export("unsqueeze_");

    public static readonly delegate* unmanaged<nint, long, long, long, nint*, int>
        narrow = (delegate* unmanaged<nint, long, long, long, nint*, int>)NativeLoader.Export("narrow"),
        unfold_dim = (delegate* unmanaged<nint, long, long, long, nint*, int>)NativeLoader.Export("unfold_dim"),
        diagonal = (delegate* unmanaged<nint, long, long, long, nint*, int>)NativeLoader.Export("diagonal");

    public static readonly delegate* unmanaged<nint, long, long, long, long, nint*, int>
        slice = (delegate* unmanaged<nint, long, long, long, long, nint*, int>)NativeLoader.Export("slice");

    public static readonly delegate* unmanaged<nint*, long, long, nint*, int>
        cat = (delegate* unmanaged<nint*, long, long, nint*, int>)NativeLoader.Export("cat"),
        stack = (delegate* unmanaged<nint*, long, long, nint*, int>)NativeLoader.Export("stack");

    public static readonly delegate* unmanaged<nint, long, long, nint**, long*, int>
        split = (delegate* unmanaged<nint, long, long, nint**, long*, int>)NativeLoader.Export("split"),
        chunk = (delegate* unmanaged<nint, long, long, nint**, long*, int>)NativeLoader.Export("chunk");

    public static readonly delegate* unmanaged<nint, Ints, long, nint**, long*, int>
        split_sizes = (delegate* unmanaged<nint, Ints, long, nint**, long*, int>)NativeLoader.Export("split_sizes");

    public static readonly delegate* unmanaged<nint, long, nint**, long*, int>
        unbind = (delegate* unmanaged<nint, long, nint**, long*, int>)NativeLoader.Export("unbind");

    public static readonly delegate* unmanaged<nint, long, nint, nint*, int>
        index_select = (delegate* unmanaged<nint, long, nint, nint*, int>)NativeLoader.Export("index_select"),
        gather = (delegate* unmanaged<nint, long, nint, nint*, int>)NativeLoader.Export("gather");

    public static readonly delegate* unmanaged<nint, nint, long, nint*, int>
        take_along_dim = (delegate* unmanaged<nint, nint, long, nint*, int>)NativeLoader.Export("take_along_dim");

    public static readonly delegate* unmanaged<nint, nint, nint*, int>
        masked_select = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("masked_select");

    public static readonly delegate* unmanaged<nint, long, nint, nint, Num, nint*, int>
        index_add = (delegate* unmanaged<nint, long, nint, nint, Num, nint*, int>)NativeLoader.Export("index_add");

    public static readonly delegate* unmanaged<nint, long, nint, nint, Num, int>
        index_add_ = (delegate* unmanaged<nint, long, nint, nint, Num, int>)NativeLoader.Export("index_add_");

    public static readonly delegate* unmanaged<nint, long, nint, Num, nint*, int>
        index_fill = (delegate* unmanaged<nint, long, nint, Num, nint*, int>)NativeLoader.Export("index_fill");

    public static readonly delegate* unmanaged<nint, long, nint, Num, int>
        index_fill_ = (delegate* unmanaged<nint, long, nint, Num, int>)NativeLoader.Export("index_fill_");

    public static readonly delegate* unmanaged<nint, long, nint, nint, nint*, int>
        index_copy = (delegate* unmanaged<nint, long, nint, nint, nint*, int>)NativeLoader.Export("index_copy"),
        scatter = (delegate* unmanaged<nint, long, nint, nint, nint*, int>)NativeLoader.Export("scatter"),
        scatter_add = (delegate* unmanaged<nint, long, nint, nint, nint*, int>)NativeLoader.Export("scatter_add");

    public static readonly delegate* unmanaged<nint, long, nint, nint, int>
        index_copy_ = (delegate* unmanaged<nint, long, nint, nint, int>)NativeLoader.Export("index_copy_"),
        scatter_ = (delegate* unmanaged<nint, long, nint, nint, int>)NativeLoader.Export("scatter_"),
        scatter_add_ = (delegate* unmanaged<nint, long, nint, nint, int>)NativeLoader.Export("scatter_add_");
}
