// Two-dimensional pooling of NHWC images with TensorFlow's semantics.
#ifndef TENSEGRA_KERNELS_POOL_H_
#define TENSEGRA_KERNELS_POOL_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

struct Pool2D {
  int64_t batch, in_h, in_w, channels;
  int64_t out_h, out_w;
  int64_t k_h, k_w;
  int64_t stride_h = 1, stride_w = 1;
  int64_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
};

// Set out_h, out_w and, for SAME, the pads from the rest. False if a size would be wrong.
bool pool2d_set_valid(Pool2D* pool);
bool pool2d_set_same(Pool2D* pool);

// float32, float64, and for max_pool2d forward also int8, uint8 and int32. Padding never wins a maximum and
// does not count in an average; a window that holds padding alone gives the lowest value (max) or 0
// (average).
Status max_pool2d(DType dtype, const Pool2D& pool, const void* x, void* y, const Parallel& parallel);
Status avg_pool2d(DType dtype, const Pool2D& pool, const void* x, void* y, const Parallel& parallel);

// dx of max pooling: each dy goes to the first greatest element of its window in row-major order. float32 and
// float64.
Status max_pool2d_grad(DType dtype, const Pool2D& pool, const void* x, const void* dy, void* dx,
                       const Parallel& parallel);
Status avg_pool2d_grad(DType dtype, const Pool2D& pool, const void* dy, void* dx, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_POOL_H_
