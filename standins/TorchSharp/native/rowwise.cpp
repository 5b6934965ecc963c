#include "rowwise.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstring>

// One compilation for each level of vector instructions; the loader picks.
#if defined(__x86_64__) && !defined(__clang__)
#define EACH_LEVEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_LEVEL
#endif
#define WITHIN static inline __attribute__((always_inline))

namespace {

constexpr int64_t kLongestRow = 256, kBlock = 2048, kGrain = int64_t(1) << 14;

// e^x to about one unit in the last place for x <= 88; below -87 it is 0, and NaN stays.
WITHIN float exponential(float x) {
    const float bounded = x < -87.0f ? -87.0f : x;
    const float shifted = bounded * 1.44269504f + 12582912.0f;      // 1.5 * 2^23: the integer lies in the low bits
    const float n = shifted - 12582912.0f;
    const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    std::memcpy(&bits, &shifted, 4);
    bits = (bits << 23) + 0x3f800000u;
    float power;
    std::memcpy(&power, &bits, 4);
    return x < -87.0f ? 0.0f : p * power;
}

WITHIN float from_half(uint16_t h) {
    const uint32_t bits = uint32_t(h) << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
}

WITHIN uint16_t to_half(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1)) >> 16;
    return value != value ? 0x7fc0 : uint16_t(rounded);
}

EACH_LEVEL void widen(const uint16_t* x, float* y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = from_half(x[i]);
}

EACH_LEVEL void narrow(const float* x, uint16_t* y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = to_half(x[i]);
}

// y may be x.
EACH_LEVEL void softmax_rows(const float* x, float* y, int64_t rows, int64_t n) {
    for (int64_t r = 0; r < rows; r++) {
        float top = x[r * n];
#pragma omp simd reduction(max : top)
        for (int64_t i = 0; i < n; i++) top = x[r * n + i] > top ? x[r * n + i] : top;
        for (int64_t i = 0; i < n; i++) y[r * n + i] = x[r * n + i] - top;
    }
    for (int64_t i = 0; i < rows * n; i++) y[i] = exponential(y[i]);
    for (int64_t r = 0; r < rows; r++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t i = 0; i < n; i++) sum += y[r * n + i];
        const float share = 1 / sum;
        for (int64_t i = 0; i < n; i++) y[r * n + i] *= share;
    }
}

EACH_LEVEL void softmax_rows_backward(const float* g, const float* y, float* out, int64_t rows, int64_t n) {
    for (int64_t r = 0; r < rows; r++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t i = 0; i < n; i++) sum += g[r * n + i] * y[r * n + i];
        for (int64_t i = 0; i < n; i++) out[r * n + i] = (g[r * n + i] - sum) * y[r * n + i];
    }
}

// Φ(x) from e = exp(-x²/2): Abramowitz and Stegun 7.1.26, wrong by at most 0.75e-7.
WITHIN float normal(float x, float e) {
    const float t = 1 / (1 + 0.2316418882f * std::fabs(x));       // 0.3275911 / √2
    float p = 0.5307027145f;                                       // half of the published coefficients
    p = p * t - 0.7265760135f;
    p = p * t + 0.7107068705f;
    p = p * t - 0.142248368f;
    p = p * t + 0.127414796f;
    const float tail = p * t * e;
    return x < 0 ? tail : 1 - tail;
}

EACH_LEVEL void gelu_of(const float* x, float* y, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = x[i] * normal(x[i], exponential(-0.5f * x[i] * x[i]));
}

EACH_LEVEL void gelu_backward_of(const float* g, const float* x, float* out, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        const float e = exponential(-0.5f * x[i] * x[i]);
        out[i] = g[i] * (normal(x[i], e) + x[i] * e * 0.3989422804f);
    }
}

bool is_float(const at::Tensor& t) { return t.scalar_type() == at::kFloat; }
bool is_half(const at::Tensor& t) { return t.scalar_type() == at::kBFloat16; }
const uint16_t* half(const at::Tensor& t) { return static_cast<const uint16_t*>(t.data_ptr()); }
uint16_t* half_of(const at::Tensor& t) { return static_cast<uint16_t*>(t.data_ptr()); }

bool plain(const at::Tensor& t) {
    return t.defined() && t.device().is_cpu() && t.layout() == at::kStrided && t.numel() > 0 && (is_float(t) || is_half(t));
}

// Where numbers are taken one by one, their order is any: t itself where its memory has no gaps and the model's order, else a copy that does.
at::Tensor ordered_as(const at::Tensor& model, const at::Tensor& t) {
    if (t.is_non_overlapping_and_dense() && t.strides() == model.strides()) return t;
    return at::empty_like(model, t.options().requires_grad(false)).copy_(t);
}

// Float32 numbers of t from a place on: where they lie, or widened into the buffer.
const float* numbers(const at::Tensor& t, int64_t from, int64_t count, float* buffer) {
    if (is_float(t)) return t.data_ptr<float>() + from;
    widen(half(t) + from, buffer, count);
    return buffer;
}

// work(from, count) for blocks of whole rows that lie in the first cache.
template <class Work>
void in_blocks(int64_t rows, int64_t n, Work work) {
    const int64_t per_block = std::max<int64_t>(1, kBlock / n);
    at::parallel_for(0, (rows + per_block - 1) / per_block, std::max<int64_t>(1, kGrain / kBlock), [&](int64_t begin, int64_t end) {
        for (auto block = begin; block < end; block++) {
            const auto first = block * per_block, last = std::min(rows, first + per_block);
            work(first * n, (last - first) * n);
        }
    });
}

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor softmaxed(const at::Tensor& strided) {
    RECORD_FUNCTION("rowwise::softmax", std::vector<c10::IValue>());
    const auto x = strided.contiguous();
    const auto n = x.size(-1);
    auto y = at::empty(x.sizes(), x.options().dtype(at::kFloat).requires_grad(false));
    in_blocks(x.numel() / n, n, [&](int64_t from, int64_t count) {
        float buffer[kBlock];
        softmax_rows(numbers(x, from, count, buffer), y.data_ptr<float>() + from, count / n, n);
    });
    return y;
}

struct Softmax : torch::autograd::Function<Softmax> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x) {
        auto y = softmaxed(x);
        ctx->save_for_backward({y});
        ctx->saved_data["type"] = static_cast<int64_t>(x.scalar_type());
        return y;
    }

    static variable_list backward(AutogradContext* ctx, variable_list grads) {
        const auto y = ctx->get_saved_variables()[0];
        const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
        if (!grads[0].defined()) return {at::Tensor()};
        if (at::GradMode::is_enabled()) return {(y * (grads[0] - (grads[0] * y).sum(-1, true))).to(type)};
        const auto g = grads[0].contiguous();
        auto out = at::empty(y.sizes(), y.options().dtype(type).requires_grad(false));
        const auto n = y.size(-1);
        in_blocks(y.numel() / n, n, [&](int64_t from, int64_t count) {
            float buffer[kBlock];
            float* result = is_float(out) ? out.data_ptr<float>() + from : buffer;
            softmax_rows_backward(g.data_ptr<float>() + from, y.data_ptr<float>() + from, result, count / n, n);
            if (result == buffer) narrow(buffer, half_of(out) + from, count);
        });
        return {out};
    }
};

at::Tensor gelued(const at::Tensor& strided) {
    RECORD_FUNCTION("rowwise::gelu", std::vector<c10::IValue>());
    auto y = at::empty_like(strided, strided.options().requires_grad(false));
    const auto x = ordered_as(y, strided);
    in_blocks(x.numel(), 1, [&](int64_t from, int64_t count) {
        float in[kBlock], buffer[kBlock];
        float* result = is_float(x) ? y.data_ptr<float>() + from : buffer;
        gelu_of(numbers(x, from, count, in), result, count);
        if (result == buffer) narrow(buffer, half_of(y) + from, count);
    });
    return y;
}

struct Gelu : torch::autograd::Function<Gelu> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x) {
        ctx->save_for_backward({x});
        return gelued(x);
    }

    static variable_list backward(AutogradContext* ctx, variable_list grads) {
        auto x = ctx->get_saved_variables()[0];
        if (!grads[0].defined()) return {at::Tensor()};
        if (at::GradMode::is_enabled()) {
            const auto density = (x * x * -0.5).exp() * 0.3989422804014327;
            return {grads[0] * (0.5 * (1 + (x * 0.7071067811865476).erf()) + x * density)};
        }
        auto out = at::empty_like(x, x.options().requires_grad(false));
        x = ordered_as(out, x);
        const auto g = ordered_as(out, grads[0]);
        in_blocks(x.numel(), 1, [&](int64_t from, int64_t count) {
            float in[kBlock], by[kBlock], buffer[kBlock];
            float* result = is_float(x) ? out.data_ptr<float>() + from : buffer;
            gelu_backward_of(numbers(g, from, count, by), numbers(x, from, count, in), result, count);
            if (result == buffer) narrow(buffer, half_of(out) + from, count);
        });
        return {out};
    }
};

bool recorded(const at::Tensor& x) { return at::GradMode::is_enabled() && x.requires_grad(); }

}  // namespace

namespace rowwise {

at::Tensor softmax(const at::Tensor& x, int64_t dim, c10::optional<at::ScalarType> dtype) {
    const bool to_float = dtype ? *dtype == at::kFloat : x.defined() && is_float(x);
    if (!plain(x) || !to_float || x.dim() < 1 || (dim != -1 && dim != x.dim() - 1) || x.size(-1) > kLongestRow) return at::softmax(x, dim, dtype);
    return recorded(x) ? Softmax::apply(x) : softmaxed(x);
}

at::Tensor gelu(const at::Tensor& x) {
    if (!plain(x)) return at::gelu(x);
    return recorded(x) ? Gelu::apply(x) : gelued(x);
}

}  // namespace rowwise
