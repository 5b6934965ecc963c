#include "products.h"

#include "batched.h"

#include <cmath>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/custom_function.h>

namespace products {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool recorded(std::initializer_list<at::Tensor> tensors) {
    if (!at::GradMode::is_enabled()) return false;
    for (const auto& t : tensors)
        if (t.requires_grad()) return true;
    return false;
}

// a b over batches that fit batched::multiply.
struct BatchedProduct : torch::autograd::Function<BatchedProduct> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& a, const at::Tensor& b) {
        ctx->save_for_backward({a, b});
        return batched::product(a, b, 1);
    }

    static variable_list backward(AutogradContext* ctx, variable_list grads) {
        auto saved = ctx->get_saved_variables();
        const auto &a = saved[0], &b = saved[1], &g = grads[0];
        if (!g.defined()) return {at::Tensor(), at::Tensor()};
        return {products::matmul(g, b.transpose(-2, -1)), products::matmul(a.transpose(-2, -1), g)};
    }
};

at::Tensor multiplied(const at::Tensor& a, const at::Tensor& b) {
    return recorded({a, b}) ? BatchedProduct::apply(a, b) : batched::product(a, b, 1);
}

// For an activation that many heads read interleaved (batch, position, head, width), the result in the same order of
// memory: joining the heads again is then a view.
at::Tensor laid_out_like(const at::Tensor& template_, at::IntArrayRef sizes) {
    auto options = template_.options().requires_grad(false);
    if (template_.dim() == 4 && template_.stride(1) < template_.stride(2))
        return at::empty({sizes[0], sizes[2], sizes[1], sizes[3]}, options).transpose(1, 2);
    return at::empty(sizes, options);
}

at::Tensor multiplied_like(const at::Tensor& template_, const at::Tensor& a, const at::Tensor& b, float alpha) {
    auto sizes = a.sizes().vec();
    sizes.back() = b.size(-1);
    auto out = laid_out_like(template_, sizes);
    batched::multiply(a, b, alpha, out);
    return out;
}

// Attention without a mask over factors that fit batched::multiply. The scale rides on the products, nothing is copied,
// and of the intermediate results only the weights are kept.
struct Attention : torch::autograd::Function<Attention> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double p) {
        const auto scale = 1.0 / std::sqrt(static_cast<double>(q.size(-1)));
        auto weights = at::softmax(batched::product(q, k.transpose(-2, -1), static_cast<float>(scale)), -1);
        at::Tensor noise;
        if (p > 0) noise = at::empty_like(weights).bernoulli_(1 - p).div_(1 - p);
        if (ctx) {
            ctx->save_for_backward({q, k, v, weights, noise});
            ctx->saved_data["scale"] = scale;
        }
        return multiplied_like(q, noise.defined() ? weights * noise : weights, v, 1);
    }

    static variable_list backward(AutogradContext* ctx, variable_list grads) {
        auto saved = ctx->get_saved_variables();
        const auto &q = saved[0], &k = saved[1], &v = saved[2], &weights = saved[3], &noise = saved[4], &g = grads[0];
        const auto scale = ctx->saved_data["scale"].toDouble();
        if (!g.defined()) return {at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
        if (at::GradMode::is_enabled()) return differentiable_backward(q, k, v, noise, g, scale);

        auto by_weights = batched::product(g, v.transpose(-2, -1), 1);
        if (noise.defined()) by_weights.mul_(noise);
        const auto by_scores = at::_softmax_backward_data(by_weights, weights, -1, at::kFloat);
        const auto dropped = noise.defined() ? weights * noise : weights;
        const auto alpha = static_cast<float>(scale);
        return {multiplied_like(q, by_scores, k, alpha), multiplied_like(k, by_scores.transpose(-2, -1), q, alpha),
                multiplied_like(v, dropped.transpose(-2, -1), g, 1), at::Tensor()};
    }

    // The same from operations that are recorded themselves, for gradients of gradients.
    static variable_list differentiable_backward(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                                 const at::Tensor& noise, const at::Tensor& g, double scale) {
        const auto weights = at::softmax(products::matmul(q, k.transpose(-2, -1)) * scale, -1);
        auto by_weights = products::matmul(g, v.transpose(-2, -1));
        if (noise.defined()) by_weights = by_weights * noise;
        const auto by_scores = weights * (by_weights - (by_weights * weights).sum(-1, true)) * scale;
        const auto dropped = noise.defined() ? weights * noise : weights;
        return {products::matmul(by_scores, k), products::matmul(by_scores.transpose(-2, -1), q), products::matmul(dropped.transpose(-2, -1), g), at::Tensor()};
    }
};

// bias + a b with a row of bias for each matrix. A plain product for each: oneDNN's batched one of bfloat16 matrices takes up to twice as
// long where a factor is transposed, as the backward pass has it.
struct Dense : torch::autograd::Function<Dense> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b) {
        RECORD_FUNCTION("products::Dense", std::vector<c10::IValue>());
        auto out = at::empty({a.size(0), a.size(1), b.size(2)}, a.options().requires_grad(false));
        for (int64_t i = 0; i < a.size(0); i++) {
            auto to = out.select(0, i);
            at::addmm_out(to, bias.select(0, i), a.select(0, i), b.select(0, i));
        }
        if (ctx) {
            ctx->save_for_backward({a, b});
            ctx->saved_data["a"] = a.requires_grad();
        }
        return out;
    }

    static variable_list backward(AutogradContext* ctx, variable_list grads) {
        auto saved = ctx->get_saved_variables();
        const auto &a = saved[0], &b = saved[1], &g = grads[0];
        if (!g.defined()) return {at::Tensor(), at::Tensor(), at::Tensor()};
        const auto by_bias = g.sum(1, true);
        const bool wants_a = ctx->saved_data["a"].toBool();
        if (at::GradMode::is_enabled())
            return {by_bias, wants_a ? at::bmm(g, b.transpose(1, 2)) : at::Tensor(), at::bmm(a.transpose(1, 2), g)};

        at::Tensor by_a = wants_a ? at::empty(a.sizes(), a.options()) : at::Tensor(), by_b = at::empty(b.sizes(), b.options());
        for (int64_t i = 0; i < a.size(0); i++) {
            if (wants_a) {
                auto to = by_a.select(0, i);
                at::mm_out(to, g.select(0, i), b.select(0, i).t());
            }
            auto to = by_b.select(0, i);
            at::mm_out(to, a.select(0, i).t(), g.select(0, i));
        }
        return {by_bias, by_a, by_b};
    }
};

bool is_dense(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b) {
    constexpr int64_t large = int64_t(1) << 20;
    if (!a.defined() || !b.defined() || !bias.defined() || a.dim() != 3 || b.dim() != 3 || bias.dim() != 3) return false;
    const auto type = a.scalar_type();
    for (const auto& t : {bias, a, b})
        if (!t.device().is_cpu() || t.layout() != at::kStrided || t.scalar_type() != type) return false;
    return (type == at::kFloat || type == at::kBFloat16) && a.size(0) == b.size(0) && a.size(2) == b.size(1) &&
           bias.size(0) == a.size(0) && bias.size(1) == 1 && bias.size(2) == b.size(2) && a.size(1) * a.size(2) * b.size(2) >= large;
}

}  // namespace

at::Tensor baddbmm(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b, float beta, float alpha) {
    if (beta != 1 || alpha != 1 || !is_dense(bias, a, b)) return at::baddbmm(bias, a, b, beta, alpha);
    return recorded({bias, a, b}) ? Dense::apply(bias, a, b) : Dense::forward(nullptr, bias, a, b);
}

at::Tensor matmul(const at::Tensor& a, const at::Tensor& b) { return batched::fits(a, b) ? multiplied(a, b) : at::matmul(a, b); }

at::Tensor bmm(const at::Tensor& a, const at::Tensor& b) {
    return a.dim() == 3 && batched::fits(a, b) ? multiplied(a, b) : at::bmm(a, b);
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const c10::optional<at::Tensor>& mask,
                     double p, bool causal) {
    TORCH_CHECK(q.dim() >= 2 && k.dim() >= 2 && v.dim() >= 2, "scaled_dot_product_attention needs at least 2 dimensions, got ",
                q.dim(), ", ", k.dim(), " and ", v.dim());
    const auto keys = k.transpose(-2, -1);
    if (!mask && !causal && p < 1 && batched::fits(q, keys) && batched::fits(keys, v))
        return recorded({q, k, v}) ? Attention::apply(q, k, v, p) : Attention::forward(nullptr, q, k, v, p);

    auto scores = products::matmul(q * (1.0 / std::sqrt(static_cast<double>(q.size(-1)))), keys);
    if (causal) {
        auto may_look = at::ones({q.size(-2), k.size(-2)}, q.options().dtype(at::kBool)).tril();
        scores = scores.masked_fill(may_look.logical_not(), -INFINITY);
    } else if (mask) {
        scores = mask->scalar_type() == at::kBool ? scores.masked_fill(mask->logical_not(), -INFINITY) : scores + *mask;
    }
    auto weights = at::softmax(scores, -1);
    if (p > 0) weights = at::dropout(weights, p, true);
    return products::matmul(weights, v);
}

}  // namespace products
