namespace TorchSharp.Native;

/// <summary>The exports of native/math.cpp, grouped by signature.</summary>
internal static unsafe class MathExports
{
    public static readonly delegate* unmanaged<nint, nint*, int>
        abs = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("abs"),
        neg = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("neg"),
        exp = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("exp"),
        expm1 = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("expm1"),
        log = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("log"),
        log1p = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("log1p"),
        log2 = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("log2"),
        log10 = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("log10"),
        sqrt = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("sqrt"),
        rsqrt = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("rsqrt"),
        reciprocal = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("reciprocal"),
        sin = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("sin"),
        cos = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("cos"),
        tanh = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("tanh"),
        sigmoid = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("sigmoid"),
        relu = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("relu"),
        erf = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("erf"),
        erfinv = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("erfinv"),
        floor = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("floor"),
        ceil = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("ceil"),
        round = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("round"),
        trunc = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("trunc"),
        sign = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("sign"),
        logical_not = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("logical_not"),
        square = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("square"),
        bitwise_not = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("bitwise_not"),
        isnan = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("isnan"),
        isinf = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("isinf"),
        isfinite = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("isfinite"),
        gelu = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("gelu"),
        silu = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("silu"),
        all = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("all"),
        any = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("any"),
        max = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("max"),
        min = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("min"),
        median = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("median"),
        argmax = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("argmax"),
        argmin = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("argmin"),
        mean = (delegate* unmanaged<nint, nint*, int>)NativeLoader.Export("mean");

    public static readonly delegate* unmanaged<nint, int>
        abs_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("abs_"),
        neg_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("neg_"),
        exp_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("exp_"),
        expm1_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("expm1_"),
        log_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("log_"),
        log1p_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("log1p_"),
        log2_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("log2_"),
        log10_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("log10_"),
        sqrt_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("sqrt_"),
        rsqrt_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("rsqrt_"),
        reciprocal_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("reciprocal_"),
        sin_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("sin_"),
        cos_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("cos_"),
        tanh_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("tanh_"),
        sigmoid_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("sigmoid_"),
        relu_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("relu_"),
        erf_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("erf_"),
        erfinv_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("erfinv_"),
        floor_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("floor_"),
        ceil_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("ceil_"),
        round_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("round_"),
        trunc_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("trunc_"),
        sign_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("sign_"),
        logical_not_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("logical_not_"),
        zero_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("zero_"),
        gelu_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("gelu_"),
        silu_ = (delegate* unmanaged<nint, int>)NativeLoader.Export("silu_");

    public static readonly delegate* unmanaged<nint, nint, nint*, int>
        mul = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("mul"),
        pow = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("pow"),
        fmod = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("fmod"),
        remainder = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("remainder"),
        eq = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("eq"),
        ne = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("ne"),
        lt = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("lt"),
        le = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("le"),
        gt = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("gt"),
        ge = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("ge"),
        maximum = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("maximum"),
        minimum = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("minimum"),
        atan2 = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("atan2"),
        floor_divide = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("floor_divide"),
        logical_and = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("logical_and"),
        logical_or = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("logical_or"),
        logical_xor = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("logical_xor"),
        bitwise_and = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bitwise_and"),
        bitwise_or = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bitwise_or"),
        bitwise_xor = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bitwise_xor"),
        bitwise_left_shift = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bitwise_left_shift"),
        bitwise_right_shift = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bitwise_right_shift"),
        mm = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("mm"),
        mv = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("mv"),
        dot = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("dot"),
        outer = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("outer"),
        matmul = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("matmul"),
        bmm = (delegate* unmanaged<nint, nint, nint*, int>)NativeLoader.Export("bmm");

    public static readonly delegate* unmanaged<nint, nint, int>
        mul_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("mul_"),
        pow_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("pow_"),
        fmod_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("fmod_"),
        remainder_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("remainder_"),
        eq_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("eq_"),
        ne_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("ne_"),
        lt_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("lt_"),
        le_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("le_"),
        gt_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("gt_"),
        ge_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("ge_"),
        logical_and_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("logical_and_"),
        logical_or_ = (delegate* unmanaged<nint, nint, int>)NativeLoader.Export("logical_or_");

    public static readonly delegate* unmanaged<nint, Num, nint*, int>
        mul_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("mul_s"),
        pow_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("pow_s"),
        fmod_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("fmod_s"),
        remainder_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("remainder_s"),
        eq_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("eq_s"),
        ne_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("ne_s"),
        lt_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("lt_s"),
        le_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("le_s"),
        gt_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("gt_s"),
        ge_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("ge_s"),
        rsub_s = (delegate* unmanaged<nint, Num, nint*, int>)NativeLoader.Export("rsub_s");

    public static readonly delegate* unmanaged<nint, Num, int>
        mul_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("mul_s_"),
        pow_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("pow_s_"),
        fmod_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("fmod_s_"),
        remainder_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("remainder_s_"),
        eq_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("eq_s_"),
        ne_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("ne_s_"),
        lt_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("lt_s_"),
        le_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("le_s_"),
        gt_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("gt_s_"),
        ge_s_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("ge_s_"),
        fill_ = (delegate* unmanaged<nint, Num, int>)NativeLoader.Export("fill_");

    public static readonly delegate* unmanaged<nint, nint, Num, nint*, int>
        add = (delegate* unmanaged<nint, nint, Num, nint*, int>)NativeLoader.Export("add"),
        sub = (delegate* unmanaged<nint, nint, Num, nint*, int>)NativeLoader.Export("sub"),
        masked_fill = (delegate* unmanaged<nint, nint, Num, nint*, int>)NativeLoader.Export("masked_fill");

    public static readonly delegate* unmanaged<nint, nint, Num, int>
        add_ = (delegate* unmanaged<nint, nint, Num, int>)NativeLoader.Export("add_"),
        sub_ = (delegate* unmanaged<nint, nint, Num, int>)NativeLoader.Export("sub_"),
        masked_fill_ = (delegate* unmanaged<nint, nint, Num, int>)NativeLoader.Export("masked_fill_");

    public static readonly delegate* unmanaged<nint, Num, Num, nint*, int>
        add_s = (delegate* unmanaged<nint, Num, Num, nint*, int>)NativeLoader.Export("add_s"),
        sub_s = (delegate* unmanaged<nint, Num, Num, nint*, int>)NativeLoader.Export("sub_s");

    public static readonly delegate* unmanaged<nint, Num, Num, int>
        add_s_ = (delegate* unmanaged<nint, Num, Num, int>)NativeLoader.Export("add_s_"),
        sub_s_ = (delegate* unmanaged<nint, Num, Num, int>)NativeLoader.Export("sub_s_");

    public static readonly delegate* unmanaged<nint, nint, int, nint*, int>
        div = (delegate* unmanaged<nint, nint, int, nint*, int>)NativeLoader.Export("div");

    public static readonly delegate* unmanaged<nint, nint, int, int>
        div_ = (delegate* unmanaged<nint, nint, int, int>)NativeLoader.Export("div_");

    public static readonly delegate* unmanaged<nint, Num, int, nint*, int>
        div_s = (delegate* unmanaged<nint, Num, int, nint*, int>)NativeLoader.Export("div_s");

    public static readonly delegate* unmanaged<nint, Num, int, int>
        div_s_ = (delegate* unmanaged<nint, Num, int, int>)NativeLoader.Export("div_s_");

    public static readonly delegate* unmanaged<nint, nint, nint, Num, nint*, int>
        addcmul = (delegate* unmanaged<nint, nint, nint, Num, nint*, int>)NativeLoader.Export("addcmul"),
        addcdiv = (delegate* unmanaged<nint, nint, nint, Num, nint*, int>)NativeLoader.Export("addcdiv");

    public static readonly delegate* unmanaged<nint, nint, nint, Num, int>
        addcmul_ = (delegate* unmanaged<nint, nint, nint, Num, int>)NativeLoader.Export("addcmul_"),
        addcdiv_ = (delegate* unmanaged<nint, nint, nint, Num, int>)NativeLoader.Export("addcdiv_");

    public static readonly delegate* unmanaged<nint, nint, nint, nint*, int>
        lerp = (delegate* unmanaged<nint, nint, nint, nint*, int>)NativeLoader.Export("lerp"),
        where = (delegate* unmanaged<nint, nint, nint, nint*, int>)NativeLoader.Export("where"),
        clamp_t = (delegate* unmanaged<nint, nint, nint, nint*, int>)NativeLoader.Export("clamp_t");

    public static readonly delegate* unmanaged<nint, nint, nint, int>
        lerp_ = (delegate* unmanaged<nint, nint, nint, int>)NativeLoader.Export("lerp_"),
        clamp_t_ = (delegate* unmanaged<nint, nint, nint, int>)NativeLoader.Export("clamp_t_");

    public static readonly delegate* unmanaged<nint, int, Num, int, Num, nint*, int>
        clamp = (delegate* unmanaged<nint, int, Num, int, Num, nint*, int>)NativeLoader.Export("clamp");

    public static readonly delegate* unmanaged<nint, int, Num, int, Num, int>
        clamp_ = (delegate* unmanaged<nint, int, Num, int, Num, int>)NativeLoader.Export("clamp_");

    public static readonly delegate* unmanaged<nint, double, double, double, int, int, nint*, int>
        nan_to_num = (delegate* unmanaged<nint, double, double, double, int, int, nint*, int>)NativeLoader.Export("nan_to_num");

    public static readonly delegate* unmanaged<nint, nint, nint, float, float, nint*, int>
        addmm = (delegate* unmanaged<nint, nint, nint, float, float, nint*, int>)NativeLoader.Export("addmm"),
        baddbmm = (delegate* unmanaged<nint, nint, nint, float, float, nint*, int>)NativeLoader.Export("baddbmm");

    public static readonly delegate* unmanaged<nint, nint, nint, float, float, int>
        addmm_ = (delegate* unmanaged<nint, nint, nint, float, float, int>)NativeLoader.Export("addmm_");

    public static readonly delegate* unmanaged<nint, long, int, nint*, int>
        all_dim = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("all_dim"),
        any_dim = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("any_dim"),
        argmax_dim = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("argmax_dim"),
        argmin_dim = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("argmin_dim"),
        logsumexp_dim = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("logsumexp_dim");

    public static readonly delegate* unmanaged<nint, long, int, nint*, nint*, int>
        max_dim = (delegate* unmanaged<nint, long, int, nint*, nint*, int>)NativeLoader.Export("max_dim"),
        min_dim = (delegate* unmanaged<nint, long, int, nint*, nint*, int>)NativeLoader.Export("min_dim");

    public static readonly delegate* unmanaged<nint, Ints, int, nint*, int>
        amax = (delegate* unmanaged<nint, Ints, int, nint*, int>)NativeLoader.Export("amax"),
        amin = (delegate* unmanaged<nint, Ints, int, nint*, int>)NativeLoader.Export("amin");

    public static readonly delegate* unmanaged<nint, int, nint*, int>
        sum = (delegate* unmanaged<nint, int, nint*, int>)NativeLoader.Export("sum"),
        prod = (delegate* unmanaged<nint, int, nint*, int>)NativeLoader.Export("prod");

    public static readonly delegate* unmanaged<nint, Ints, int, int, nint*, int>
        sum_dims = (delegate* unmanaged<nint, Ints, int, int, nint*, int>)NativeLoader.Export("sum_dims"),
        mean_dims = (delegate* unmanaged<nint, Ints, int, int, nint*, int>)NativeLoader.Export("mean_dims"),
        var = (delegate* unmanaged<nint, Ints, int, int, nint*, int>)NativeLoader.Export("var"),
        std = (delegate* unmanaged<nint, Ints, int, int, nint*, int>)NativeLoader.Export("std");

    public static readonly delegate* unmanaged<nint, long, int, int, nint*, int>
        prod_dim = (delegate* unmanaged<nint, long, int, int, nint*, int>)NativeLoader.Export("prod_dim");

    public static readonly delegate* unmanaged<nint, Ints, int, int, nint*, nint*, int>
        var_mean = (delegate* unmanaged<nint, Ints, int, int, nint*, nint*, int>)NativeLoader.Export("var_mean");

    public static readonly delegate* unmanaged<nint, float, nint*, int>
        norm = (delegate* unmanaged<nint, float, nint*, int>)NativeLoader.Export("norm");

    public static readonly delegate* unmanaged<nint, long, int, float, nint*, int>
        norm_dim = (delegate* unmanaged<nint, long, int, float, nint*, int>)NativeLoader.Export("norm_dim");

    public static readonly delegate* unmanaged<nint, long, int, nint*, int>
        cumsum = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("cumsum"),
        cumprod = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("cumprod"),
        argsort = (delegate* unmanaged<nint, long, int, nint*, int>)NativeLoader.Export("argsort");

    public static readonly delegate* unmanaged<nint, long, long, int, int, nint*, nint*, int>
        topk = (delegate* unmanaged<nint, long, long, int, int, nint*, nint*, int>)NativeLoader.Export("topk");

    public static readonly delegate* unmanaged<nint, long, int, int, nint*, nint*, int>
        sort = (delegate* unmanaged<nint, long, int, int, nint*, nint*, int>)NativeLoader.Export("sort");

    public static readonly delegate* unmanaged<nint, nint, long, nint*, int>
        bincount = (delegate* unmanaged<nint, nint, long, nint*, int>)NativeLoader.Export("bincount");

    public static readonly delegate* unmanaged<nint, Ints, nint*, int>
        count_nonzero = (delegate* unmanaged<nint, Ints, nint*, int>)NativeLoader.Export("count_nonzero");
}
