#include "batched.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>

extern "C" void sgemm_(const char* trans_a, const char* trans_b, const int* m, const int* n, const int* k, const float* alpha,
                       const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c, const int* ldc);

namespace batched {
namespace {

// Matrices under two batch axes: where they start, how rows follow each other, whether rows and columns are swapped.
struct Matrices {
    at::Tensor owner;
    float* data = nullptr;
    int64_t outer = 1, inner = 1, outer_stride = 0, inner_stride = 0;
    int ld = 1;
    bool transposed = false;

    float* at(int64_t i) const { return data + (i / inner) * outer_stride + (i % inner) * inner_stride; }
};

bool describe(const at::Tensor& t, Matrices& m) {
    const auto rows = t.size(-2), columns = t.size(-1), row = t.stride(-2), column = t.stride(-1);
    int64_t ld;
    if ((column == 1 || columns == 1) && (rows == 1 || row >= columns)) {
        m.transposed = false;
        ld = rows == 1 ? columns : row;
    } else if ((row == 1 || rows == 1) && (columns == 1 || column >= rows)) {
        m.transposed = true;
        ld = columns == 1 ? rows : column;
    } else {
        return false;
    }
    if (ld > INT32_MAX) return false;
    m.ld = static_cast<int>(ld);
    m.owner = t;
    m.data = t.data_ptr<float>();
    const auto axes = t.dim() - 2;
    m.inner = t.size(axes - 1);
    m.inner_stride = t.stride(axes - 1);
    m.outer = axes == 2 ? t.size(0) : 1;
    m.outer_stride = axes == 2 ? t.stride(0) : 0;
    return true;
}

Matrices factor(const at::Tensor& t) {
    Matrices m;
    if (!describe(t, m)) TORCH_INTERNAL_ASSERT(describe(t.contiguous(), m));
    return m;
}

bool plain(const at::Tensor& t) { return t.device().is_cpu() && t.scalar_type() == at::kFloat && t.layout() == at::kStrided; }

}  // namespace

bool fits(const at::Tensor& a, const at::Tensor& b) {
    if (!a.defined() || !b.defined() || !plain(a) || !plain(b)) return false;
    const auto dims = a.dim();
    if (dims != b.dim() || dims < 3 || dims > 4 || a.size(-1) != b.size(-2) || a.numel() == 0 || b.numel() == 0) return false;
    if (a.size(0) != b.size(0) || (dims == 4 && a.size(1) != b.size(1))) return false;
    for (const auto& t : {a, b})
        if (t.size(-1) > INT32_MAX || t.size(-2) > INT32_MAX) return false;
    return true;
}

void multiply(const at::Tensor& a, const at::Tensor& b, float alpha, const at::Tensor& out) {
    RECORD_FUNCTION("batched::multiply", std::vector<c10::IValue>());
    const Matrices x = factor(a), y = factor(b);
    Matrices r;
    TORCH_INTERNAL_ASSERT(describe(out, r) && !r.transposed);

    // sgemm counts columns first: the transposed result is the product of the transposed factors in reverse order.
    const int m = static_cast<int>(a.size(-2)), n = static_cast<int>(b.size(-1)), k = static_cast<int>(a.size(-1));
    const char tx = x.transposed ? 'T' : 'N', ty = y.transposed ? 'T' : 'N';
    const float zero = 0;
    auto some = [&](int64_t from, int64_t to) {
        for (auto i = from; i < to; i++)
            sgemm_(&ty, &tx, &n, &m, &k, &alpha, y.at(i), &y.ld, x.at(i), &x.ld, &zero, r.at(i), &r.ld);
    };

    // Small matrices are shared out whole; a few large ones are split by the BLAS itself.
    const int64_t count = r.outer * r.inner, work = int64_t(2) * m * n * k;
    constexpr int64_t large = int64_t(1) << 24, worth_a_thread = int64_t(1) << 20;
    if (count < at::get_num_threads() || work > large) some(0, count);
    else at::parallel_for(0, count, std::max<int64_t>(1, worth_a_thread / std::max<int64_t>(1, work)), some);
}

at::Tensor product(const at::Tensor& a, const at::Tensor& b, float alpha) {
    auto sizes = a.sizes().vec();
    sizes.back() = b.size(-1);
    auto out = at::empty(sizes, a.options().requires_grad(false));
    multiply(a, b, alpha, out);
    return out;
}

}  // namespace batched
