// Normalization by moments: of the rows of [rows, n] (layer, root mean square) and of the columns of [m, channels]
// (batch). float32 and float64.
#ifndef TENSEGRA_KERNELS_NORM_H_
#define TENSEGRA_KERNELS_NORM_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// y = (x - mean) / sqrt(variance + epsilon) * scale + offset over each row; without `center`, the mean counts as 0
// (the variance is then the mean square) and `offset` is ignored. scale and offset have n elements.
Status row_norm(DType dtype, bool center, const void* x, const void* scale, const void* offset, int64_t rows, int64_t n,
                double epsilon, void* y, const Parallel& parallel);

// The gradients of x, scale and (with `center`) offset.
size_t row_norm_grad_workspace_bytes(DType dtype, int64_t rows, int64_t n);
Status row_norm_grad(DType dtype, bool center, const void* dy, const void* x, const void* scale, int64_t rows,
                     int64_t n, double epsilon, void* dx, void* dscale, void* doffset, const Parallel& parallel,
                     void* workspace);

// The mean and the (biased) variance of each column.
size_t column_norm_workspace_bytes(int64_t m, int64_t channels);
Status column_moments(DType dtype, const void* x, int64_t m, int64_t channels, void* mean, void* variance,
                      const Parallel& parallel, void* workspace);

// y = (x - mean) / sqrt(variance + epsilon) * scale + offset, by columns.
Status column_norm(DType dtype, const void* x, const void* scale, const void* offset, const void* mean,
                   const void* variance, int64_t m, int64_t channels, double epsilon, void* y,
                   const Parallel& parallel);

// The gradients of x, scale and offset; `own_moments` says that mean and variance are those of x.
Status column_norm_grad(DType dtype, bool own_moments, const void* dy, const void* x, const void* scale,
                        const void* mean, const void* variance, int64_t m, int64_t channels, double epsilon, void* dx,
                        void* dscale, void* doffset, const Parallel& parallel, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_NORM_H_
