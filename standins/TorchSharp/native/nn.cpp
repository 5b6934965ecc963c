// The functional layer: linear, convolution, normalisation, losses, pooling, attention.
#include "shim.h"
#include "products.h"
#include "rowwise.h"

#include <torch/nn/functional.h>
#include <torch/nn/utils/clip_grad.h>

using namespace ts;
namespace F = torch::nn::functional;

TS_EXPORT int32_t ts_linear(H x, H w, H b, H* r) noexcept { return guard([&] { give(r, at::linear(T(x), T(w), opt(b))); }); }

TS_EXPORT int32_t ts_conv(H x, H w, H b, int32_t dims, Ints stride, Ints padding, Ints dilation, int64_t groups, H* r) noexcept {
    return guard([&] {
        give(r, dims == 2 ? at::conv2d(T(x), T(w), opt(b), stride, padding, dilation, groups)
                          : at::conv3d(T(x), T(w), opt(b), stride, padding, dilation, groups));
    });
}
// same: 1 pads so that the size stays, 0 does not pad.
TS_EXPORT int32_t ts_conv_padding(H x, H w, H b, int32_t dims, Ints stride, int32_t same, Ints dilation, int64_t groups, H* r) noexcept {
    return guard([&] {
        c10::string_view padding = same ? "same" : "valid";
        give(r, dims == 2 ? at::conv2d(T(x), T(w), opt(b), stride, padding, dilation, groups)
                          : at::conv3d(T(x), T(w), opt(b), stride, padding, dilation, groups));
    });
}

TS_EXPORT int32_t ts_layer_norm(H x, Ints shape, H w, H b, double eps, H* r) noexcept {
    return guard([&] { give(r, at::layer_norm(T(x), shape, opt(w), opt(b), eps)); });
}
TS_EXPORT int32_t ts_batch_norm(H x, H mean, H var, H w, H b, int32_t training, double momentum, double eps, H* r) noexcept {
    return guard([&] {
        give(r, at::batch_norm(T(x), opt(w), opt(b), opt(mean), opt(var), training, momentum, eps,
                               at::globalContext().userEnabledCuDNN()));
    });
}
TS_EXPORT int32_t ts_softmax(H x, int64_t dim, int32_t dtype, H* r) noexcept { return guard([&] { give(r, rowwise::softmax(T(x), dim, dtype_or_none(dtype))); }); }
TS_EXPORT int32_t ts_log_softmax(H x, int64_t dim, int32_t dtype, H* r) noexcept { return guard([&] { give(r, at::log_softmax(T(x), dim, dtype_or_none(dtype))); }); }
TS_EXPORT int32_t ts_dropout(H x, double p, int32_t training, int32_t inplace, H* r) noexcept {
    return guard([&] {
        if (inplace) {
            at::Tensor t = T(x);
            give(r, at::dropout_(t, p, training));
        } else {
            give(r, at::dropout(T(x), p, training));
        }
    });
}

// reduction: 0 none, 1 mean, 2 sum, as at::Reduction counts too.
TS_EXPORT int32_t ts_cross_entropy(H x, H target, H weight, int64_t ignore, int64_t reduction, double smoothing, H* r) noexcept {
    return guard([&] { give(r, at::cross_entropy_loss(T(x), T(target), opt(weight), reduction, ignore, smoothing)); });
}
TS_EXPORT int32_t ts_nll_loss(H x, H target, H weight, int64_t reduction, H* r) noexcept {
    return guard([&] { give(r, at::nll_loss_nd(T(x), T(target), opt(weight), reduction, -100)); });
}
TS_EXPORT int32_t ts_bce(H x, H target, H weight, int64_t reduction, H* r) noexcept {
    return guard([&] { give(r, at::binary_cross_entropy(T(x), T(target), opt(weight), reduction)); });
}
TS_EXPORT int32_t ts_bce_with_logits(H x, H target, H weight, H pos_weight, int64_t reduction, H* r) noexcept {
    return guard([&] { give(r, at::binary_cross_entropy_with_logits(T(x), T(target), opt(weight), opt(pos_weight), reduction)); });
}
TS_EXPORT int32_t ts_mse_loss(H x, H target, int64_t reduction, H* r) noexcept { return guard([&] { give(r, at::mse_loss(T(x), T(target), reduction)); }); }
TS_EXPORT int32_t ts_l1_loss(H x, H target, int64_t reduction, H* r) noexcept { return guard([&] { give(r, at::l1_loss(T(x), T(target), reduction)); }); }
TS_EXPORT int32_t ts_one_hot(H x, int64_t classes, H* r) noexcept { return guard([&] { give(r, at::one_hot(T(x), classes)); }); }

// mode: 1 reflect, 2 replicate, 3 circular, else a constant.
TS_EXPORT int32_t ts_pad(H x, Ints pad, int32_t mode, double value, H* r) noexcept {
    return guard([&] {
        const char* name = mode == 1 ? "reflect" : mode == 2 ? "replicate" : mode == 3 ? "circular" : "constant";
        give(r, at::pad(T(x), pad, name, mode == 0 || mode == 4 ? c10::optional<double>(value) : c10::nullopt));
    });
}
TS_EXPORT int32_t ts_im2col(H x, Ints kernel, Ints dilation, Ints padding, Ints stride, H* r) noexcept {
    return guard([&] { give(r, at::im2col(T(x), kernel, dilation, padding, stride)); });
}
TS_EXPORT int32_t ts_max_pool2d(H x, Ints k, Ints stride, Ints padding, Ints dilation, int32_t ceil, H* r) noexcept {
    return guard([&] { give(r, at::max_pool2d(T(x), k, stride, padding, dilation, ceil)); });
}
TS_EXPORT int32_t ts_avg_pool(H x, int32_t dims, Ints k, Ints stride, Ints padding, int32_t ceil, int32_t count_pad, H* r) noexcept {
    return guard([&] {
        give(r, dims == 2 ? at::avg_pool2d(T(x), k, stride, padding, ceil, count_pad, c10::nullopt)
                          : at::avg_pool3d(T(x), k, stride, padding, ceil, count_pad, c10::nullopt));
    });
}
TS_EXPORT int32_t ts_adaptive_avg_pool(H x, int32_t dims, Ints out, H* r) noexcept {
    return guard([&] { give(r, dims == 2 ? at::adaptive_avg_pool2d(T(x), out) : at::adaptive_avg_pool3d(T(x), out)); });
}

TS_EXPORT int32_t ts_attention(H q, H k, H v, H mask, double p, int32_t causal, H* r) noexcept {
    return guard([&] { give(r, products::attention(T(q), T(k), T(v), opt(mask), p, causal)); });
}

// ---- gradients of many parameters at once ----
TS_EXPORT int32_t ts_clip_grad_norm_(const H* a, int64_t n, double max_norm, double norm_type, double* r) noexcept {
    return guard([&] { *r = torch::nn::utils::clip_grad_norm_(all(a, n), max_norm, norm_type); });
}
TS_EXPORT int32_t ts_clip_grad_value_(const H* a, int64_t n, double value) noexcept {
    return guard([&] { torch::nn::utils::clip_grad_value_(all(a, n), value); });
}
