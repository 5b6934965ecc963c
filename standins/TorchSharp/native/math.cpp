// Pointwise operations, products, comparisons and reductions.
#include "shim.h"
#include "products.h"
#include "rowwise.h"

using namespace ts;

#define UNARY(op) \
    TS_EXPORT int32_t ts_##op(H a, H* r) noexcept { return guard([&] { give(r, T(a).op()); }); }
#define UNARY_(op) \
    TS_EXPORT int32_t ts_##op(H a) noexcept { return guard([&] { T(a).op(); }); }
#define BINARY(op) \
    TS_EXPORT int32_t ts_##op(H a, H b, H* r) noexcept { return guard([&] { give(r, T(a).op(T(b))); }); }
#define BINARY_(op) \
    TS_EXPORT int32_t ts_##op(H a, H b) noexcept { return guard([&] { T(a).op(T(b)); }); }
#define SCALAR(name, op) \
    TS_EXPORT int32_t ts_##name(H a, Num b, H* r) noexcept { return guard([&] { give(r, T(a).op(S(b))); }); }
#define SCALAR_(name, op) \
    TS_EXPORT int32_t ts_##name(H a, Num b) noexcept { return guard([&] { T(a).op(S(b)); }); }
#define BOTH(op) UNARY(op) UNARY_(op##_)

BOTH(abs) BOTH(neg) BOTH(exp) BOTH(expm1) BOTH(log) BOTH(log1p) BOTH(log2) BOTH(log10) BOTH(sqrt) BOTH(rsqrt)
BOTH(reciprocal) BOTH(sin) BOTH(cos) BOTH(tanh) BOTH(sigmoid) BOTH(relu) BOTH(erf) BOTH(floor) BOTH(ceil) BOTH(round)
BOTH(trunc) BOTH(sign) BOTH(logical_not) UNARY(square)
UNARY_(zero_) UNARY_(erfinv_) UNARY(erfinv) UNARY(bitwise_not) UNARY(isnan) UNARY(isinf) UNARY(isfinite)
TS_EXPORT int32_t ts_gelu(H a, H* r) noexcept { return guard([&] { give(r, rowwise::gelu(T(a))); }); }
TS_EXPORT int32_t ts_gelu_(H a) noexcept { return guard([&] { at::Tensor t = T(a); at::gelu_(t); }); }
TS_EXPORT int32_t ts_silu(H a, H* r) noexcept { return guard([&] { give(r, at::silu(T(a))); }); }
TS_EXPORT int32_t ts_silu_(H a) noexcept { return guard([&] { at::Tensor t = T(a); at::silu_(t); }); }

#define ARITHMETIC(op) \
    TS_EXPORT int32_t ts_##op(H a, H b, Num alpha, H* r) noexcept { return guard([&] { give(r, T(a).op(T(b), S(alpha))); }); } \
    TS_EXPORT int32_t ts_##op##_(H a, H b, Num alpha) noexcept { return guard([&] { T(a).op##_(T(b), S(alpha)); }); } \
    TS_EXPORT int32_t ts_##op##_s(H a, Num b, Num alpha, H* r) noexcept { return guard([&] { give(r, T(a).op(S(b), S(alpha))); }); } \
    TS_EXPORT int32_t ts_##op##_s_(H a, Num b, Num alpha) noexcept { return guard([&] { T(a).op##_(S(b), S(alpha)); }); }
ARITHMETIC(add) ARITHMETIC(sub)
TS_EXPORT int32_t ts_rsub_s(H a, Num b, H* r) noexcept { return guard([&] { give(r, at::rsub(T(a), S(b), 1)); }); }

#define WITH_SCALAR(op) BINARY(op) BINARY_(op##_) SCALAR(op##_s, op) SCALAR_(op##_s_, op##_)
WITH_SCALAR(mul) WITH_SCALAR(pow) WITH_SCALAR(fmod) WITH_SCALAR(remainder)
WITH_SCALAR(eq) WITH_SCALAR(ne) WITH_SCALAR(lt) WITH_SCALAR(le) WITH_SCALAR(gt) WITH_SCALAR(ge)
BINARY(maximum) BINARY(minimum) BINARY(atan2) BINARY(floor_divide)
TS_EXPORT int32_t ts_bitwise_left_shift(H a, H b, H* r) noexcept { return guard([&] { give(r, at::bitwise_left_shift(T(a), T(b))); }); }
TS_EXPORT int32_t ts_bitwise_right_shift(H a, H b, H* r) noexcept { return guard([&] { give(r, at::bitwise_right_shift(T(a), T(b))); }); }
BINARY(logical_and) BINARY(logical_or) BINARY(logical_xor) BINARY(bitwise_and) BINARY(bitwise_or) BINARY(bitwise_xor)
BINARY_(logical_and_) BINARY_(logical_or_)

// Rounding of a quotient: 0 none, 1 towards zero, 2 down.
static c10::optional<c10::string_view> rounding(int32_t mode) {
    if (mode == 1) return c10::string_view("trunc");
    if (mode == 2) return c10::string_view("floor");
    return c10::nullopt;
}
TS_EXPORT int32_t ts_div(H a, H b, int32_t mode, H* r) noexcept { return guard([&] { give(r, T(a).div(T(b), rounding(mode))); }); }
TS_EXPORT int32_t ts_div_(H a, H b, int32_t mode) noexcept { return guard([&] { T(a).div_(T(b), rounding(mode)); }); }
TS_EXPORT int32_t ts_div_s(H a, Num b, int32_t mode, H* r) noexcept { return guard([&] { give(r, T(a).div(S(b), rounding(mode))); }); }
TS_EXPORT int32_t ts_div_s_(H a, Num b, int32_t mode) noexcept { return guard([&] { T(a).div_(S(b), rounding(mode)); }); }

TS_EXPORT int32_t ts_addcmul(H a, H b, H c, Num v, H* r) noexcept { return guard([&] { give(r, T(a).addcmul(T(b), T(c), S(v))); }); }
TS_EXPORT int32_t ts_addcmul_(H a, H b, H c, Num v) noexcept { return guard([&] { T(a).addcmul_(T(b), T(c), S(v)); }); }
TS_EXPORT int32_t ts_addcdiv(H a, H b, H c, Num v, H* r) noexcept { return guard([&] { give(r, T(a).addcdiv(T(b), T(c), S(v))); }); }
TS_EXPORT int32_t ts_addcdiv_(H a, H b, H c, Num v) noexcept { return guard([&] { T(a).addcdiv_(T(b), T(c), S(v)); }); }
TS_EXPORT int32_t ts_lerp(H a, H end, H w, H* r) noexcept { return guard([&] { give(r, T(a).lerp(T(end), T(w))); }); }
TS_EXPORT int32_t ts_lerp_(H a, H end, H w) noexcept { return guard([&] { T(a).lerp_(T(end), T(w)); }); }

TS_EXPORT int32_t ts_fill_(H a, Num v) noexcept { return guard([&] { T(a).fill_(S(v)); }); }
static c10::optional<at::Scalar> bound(int32_t has, Num v) { return has ? c10::optional<at::Scalar>(S(v)) : c10::nullopt; }
TS_EXPORT int32_t ts_clamp(H a, int32_t has_min, Num min, int32_t has_max, Num max, H* r) noexcept {
    return guard([&] { give(r, T(a).clamp(bound(has_min, min), bound(has_max, max))); });
}
TS_EXPORT int32_t ts_clamp_(H a, int32_t has_min, Num min, int32_t has_max, Num max) noexcept {
    return guard([&] { T(a).clamp_(bound(has_min, min), bound(has_max, max)); });
}
TS_EXPORT int32_t ts_clamp_t(H a, H min, H max, H* r) noexcept { return guard([&] { give(r, T(a).clamp(opt(min), opt(max))); }); }
TS_EXPORT int32_t ts_clamp_t_(H a, H min, H max) noexcept { return guard([&] { T(a).clamp_(opt(min), opt(max)); }); }
TS_EXPORT int32_t ts_nan_to_num(H a, double nan, double posinf, double neginf, int32_t has_pos, int32_t has_neg, H* r) noexcept {
    return guard([&] {
        give(r, at::nan_to_num(T(a), nan, has_pos ? c10::optional<double>(posinf) : c10::nullopt,
                               has_neg ? c10::optional<double>(neginf) : c10::nullopt));
    });
}
TS_EXPORT int32_t ts_where(H c, H x, H y, H* r) noexcept { return guard([&] { give(r, at::where(T(c), T(x), T(y))); }); }
TS_EXPORT int32_t ts_masked_fill(H a, H mask, Num v, H* r) noexcept { return guard([&] { give(r, T(a).masked_fill(T(mask), S(v))); }); }
TS_EXPORT int32_t ts_masked_fill_(H a, H mask, Num v) noexcept { return guard([&] { T(a).masked_fill_(T(mask), S(v)); }); }

// ---- products ----
BINARY(mm) BINARY(mv) BINARY(dot) BINARY(outer)
TS_EXPORT int32_t ts_matmul(H a, H b, H* r) noexcept { return guard([&] { give(r, products::matmul(T(a), T(b))); }); }
TS_EXPORT int32_t ts_bmm(H a, H b, H* r) noexcept { return guard([&] { give(r, products::bmm(T(a), T(b))); }); }
TS_EXPORT int32_t ts_addmm(H a, H b, H c, float beta, float alpha, H* r) noexcept {
    return guard([&] { give(r, T(a).addmm(T(b), T(c), beta, alpha)); });
}
TS_EXPORT int32_t ts_addmm_(H a, H b, H c, float beta, float alpha) noexcept { return guard([&] { T(a).addmm_(T(b), T(c), beta, alpha); }); }
TS_EXPORT int32_t ts_baddbmm(H a, H b, H c, float beta, float alpha, H* r) noexcept {
    return guard([&] { give(r, products::baddbmm(T(a), T(b), T(c), beta, alpha)); });
}

// ---- reductions ----
#define OVER_DIM(op) \
    TS_EXPORT int32_t ts_##op##_dim(H a, int64_t dim, int32_t keep, H* r) noexcept { return guard([&] { give(r, T(a).op(dim, keep)); }); }
UNARY(all) UNARY(any) OVER_DIM(all) OVER_DIM(any)
UNARY(max) UNARY(min) UNARY(median)
TS_EXPORT int32_t ts_max_dim(H a, int64_t dim, int32_t keep, H* v, H* i) noexcept {
    return guard([&] { auto t = T(a).max(dim, keep); give(v, std::get<0>(t)); give(i, std::get<1>(t)); });
}
TS_EXPORT int32_t ts_min_dim(H a, int64_t dim, int32_t keep, H* v, H* i) noexcept {
    return guard([&] { auto t = T(a).min(dim, keep); give(v, std::get<0>(t)); give(i, std::get<1>(t)); });
}
TS_EXPORT int32_t ts_amax(H a, Ints dims, int32_t keep, H* r) noexcept { return guard([&] { give(r, T(a).amax(dims, keep)); }); }
TS_EXPORT int32_t ts_amin(H a, Ints dims, int32_t keep, H* r) noexcept { return guard([&] { give(r, T(a).amin(dims, keep)); }); }
TS_EXPORT int32_t ts_argmax(H a, H* r) noexcept { return guard([&] { give(r, T(a).argmax()); }); }
TS_EXPORT int32_t ts_argmin(H a, H* r) noexcept { return guard([&] { give(r, T(a).argmin()); }); }
OVER_DIM(argmax) OVER_DIM(argmin) OVER_DIM(logsumexp)
TS_EXPORT int32_t ts_sum(H a, int32_t dtype, H* r) noexcept { return guard([&] { give(r, T(a).sum(dtype_or_none(dtype))); }); }
TS_EXPORT int32_t ts_sum_dims(H a, Ints dims, int32_t keep, int32_t dtype, H* r) noexcept {
    return guard([&] { give(r, T(a).sum(at::OptionalIntArrayRef(at::IntArrayRef(dims)), keep, dtype_or_none(dtype))); });
}
TS_EXPORT int32_t ts_mean(H a, H* r) noexcept { return guard([&] { give(r, T(a).mean()); }); }
TS_EXPORT int32_t ts_mean_dims(H a, Ints dims, int32_t keep, int32_t dtype, H* r) noexcept {
    return guard([&] { give(r, T(a).mean(at::OptionalIntArrayRef(at::IntArrayRef(dims)), keep, dtype_or_none(dtype))); });
}
TS_EXPORT int32_t ts_prod(H a, int32_t dtype, H* r) noexcept { return guard([&] { give(r, T(a).prod(dtype_or_none(dtype))); }); }
TS_EXPORT int32_t ts_prod_dim(H a, int64_t dim, int32_t keep, int32_t dtype, H* r) noexcept {
    return guard([&] { give(r, T(a).prod(dim, keep, dtype_or_none(dtype))); });
}
// dims.count < 0: over all elements.
static at::OptionalIntArrayRef some(const Ints& dims) {
    return dims.count < 0 ? at::OptionalIntArrayRef(c10::nullopt) : at::OptionalIntArrayRef(at::IntArrayRef(dims));
}
TS_EXPORT int32_t ts_var(H a, Ints dims, int32_t unbiased, int32_t keep, H* r) noexcept {
    return guard([&] { give(r, T(a).var(some(dims), c10::optional<int64_t>(unbiased), keep)); });
}
TS_EXPORT int32_t ts_std(H a, Ints dims, int32_t unbiased, int32_t keep, H* r) noexcept {
    return guard([&] { give(r, T(a).std(some(dims), c10::optional<int64_t>(unbiased), keep)); });
}
TS_EXPORT int32_t ts_var_mean(H a, Ints dims, int32_t unbiased, int32_t keep, H* v, H* m) noexcept {
    return guard([&] {
        auto t = at::var_mean(T(a), some(dims), c10::optional<int64_t>(unbiased), keep);
        give(v, std::get<0>(t));
        give(m, std::get<1>(t));
    });
}
TS_EXPORT int32_t ts_norm(H a, float p, H* r) noexcept { return guard([&] { give(r, T(a).norm(p)); }); }
TS_EXPORT int32_t ts_norm_dim(H a, int64_t dim, int32_t keep, float p, H* r) noexcept {
    return guard([&] { give(r, T(a).norm(c10::optional<at::Scalar>(p), at::IntArrayRef(&dim, 1), keep)); });
}
TS_EXPORT int32_t ts_cumsum(H a, int64_t dim, int32_t dtype, H* r) noexcept { return guard([&] { give(r, T(a).cumsum(dim, dtype_or_none(dtype))); }); }
TS_EXPORT int32_t ts_cumprod(H a, int64_t dim, int32_t dtype, H* r) noexcept { return guard([&] { give(r, T(a).cumprod(dim, dtype_or_none(dtype))); }); }
TS_EXPORT int32_t ts_topk(H a, int64_t k, int64_t dim, int32_t largest, int32_t sorted, H* v, H* i) noexcept {
    return guard([&] { auto t = T(a).topk(k, dim, largest, sorted); give(v, std::get<0>(t)); give(i, std::get<1>(t)); });
}
TS_EXPORT int32_t ts_sort(H a, int64_t dim, int32_t descending, int32_t stable, H* v, H* i) noexcept {
    return guard([&] {
        auto t = T(a).sort(c10::optional<bool>(stable), dim, descending);
        give(v, std::get<0>(t));
        give(i, std::get<1>(t));
    });
}
TS_EXPORT int32_t ts_argsort(H a, int64_t dim, int32_t descending, H* r) noexcept { return guard([&] { give(r, T(a).argsort(dim, descending)); }); }
TS_EXPORT int32_t ts_bincount(H a, H weights, int64_t minlength, H* r) noexcept { return guard([&] { give(r, T(a).bincount(opt(weights), minlength)); }); }
TS_EXPORT int32_t ts_count_nonzero(H a, Ints dims, H* r) noexcept {
    return guard([&] { give(r, dims.count < 0 ? T(a).count_nonzero() : T(a).count_nonzero(at::IntArrayRef(dims))); });
}
