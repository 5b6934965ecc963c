// Products of many fp32 matrices on the CPU, straight through sgemm.
//
// Without MKL, libtorch multiplies a batch by one full dispatch per matrix (108,532 operator calls in one training step of
// a small video transformer), and first copies what is not contiguous. Here a batch is one loop over pointers, and
// transposed or interleaved matrices are read where they lie.
#pragma once
#include <ATen/ATen.h>

namespace batched {

/// Whether a and b are CPU fp32 tensors of 3 or 4 axes with the same batch axes and fitting matrices.
bool fits(const at::Tensor& a, const at::Tensor& b);

/// out = alpha * a b over the last two axes. out: rows of unit stride. The factors must fit (see above).
void multiply(const at::Tensor& a, const at::Tensor& b, float alpha, const at::Tensor& out);

/// A new contiguous tensor for the product of a and b.
at::Tensor product(const at::Tensor& a, const at::Tensor& b, float alpha);

}  // namespace batched
