// Softmax and cross entropy over the rows of [rows, n]; float32 and float64. Outputs may be in place.
#ifndef TENSEGRA_KERNELS_SOFTMAX_H_
#define TENSEGRA_KERNELS_SOFTMAX_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

Status softmax(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel);
Status log_softmax(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel);

// y is the forward result. softmax: dx = (dy - sum(dy * y)) * y; log_softmax: dx = dy - exp(y) * sum(dy).
Status softmax_grad(DType dtype, const void* y, const void* dy, int64_t rows, int64_t n, void* dx,
                    const Parallel& parallel);
Status log_softmax_grad(DType dtype, const void* y, const void* dy, int64_t rows, int64_t n, void* dx,
                        const Parallel& parallel);

// y[row] = log(sum(exp(x[row, :]))); -inf for a row of -inf or for n == 0.
Status logsumexp(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel);

// loss[row] = -log softmax(logits)[row, labels[row]]; backprop (unless null) = softmax(logits) -
// one_hot(label). label_dtype is int32 or int64. kBadIndex if a label is outside [0, n): *bad_row is the
// first such row, whose loss and backprop are NaN.
Status sparse_softmax_cross_entropy(DType dtype, const void* logits, DType label_dtype, const void* labels,
                                    int64_t rows, int64_t n, void* loss, void* backprop, int64_t* bad_row,
                                    const Parallel& parallel);

// loss[row] = -sum(labels * log softmax(logits)); backprop (unless null) = softmax(logits) - labels.
Status softmax_cross_entropy(DType dtype, const void* logits, const void* labels, int64_t rows, int64_t n,
                             void* loss, void* backprop, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_SOFTMAX_H_
