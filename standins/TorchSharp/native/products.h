// Matrix products and attention, with one way for small batches in fp32 that libtorch without MKL takes slowly.
#pragma once
#include "shim.h"

namespace products {

at::Tensor matmul(const at::Tensor& a, const at::Tensor& b);
at::Tensor bmm(const at::Tensor& a, const at::Tensor& b);

/// beta bias + alpha a b over batches of matrices.
at::Tensor baddbmm(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b, float beta, float alpha);

/// softmax(q k' / sqrt(d) + mask) v over the last two axes (q: ...xLxd, k: ...xSxd, v: ...xSxe, mask: broadcast to ...xLxS,
/// boolean "may look" or added), with dropout of probability p on the weights.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const c10::optional<at::Tensor>& mask,
                     double p, bool causal);

}  // namespace products
