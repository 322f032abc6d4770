// Reductions, scans and selection. All trees of additions depend on shapes alone.
#ifndef TENSEGRA_KERNELS_REDUCE_H_
#define TENSEGRA_KERNELS_REDUCE_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

enum class ReduceOp : int32_t {
  kSum,   // floats and integers (integers wrap)
  kMean,  // integers: the sum divided by the count, truncated
  kMax,   // NaN if any element is NaN
  kMin,
  kProd,
  kAll,  // bool
  kAny,
};

// Bytes of workspace (64-byte aligned) for the same call of reduce.
size_t reduce_workspace_bytes(ReduceOp op, DType dtype, const int64_t* dims, int32_t rank,
                              uint32_t axis_mask);

// Reduces the axes whose bits are set in axis_mask; out is dense over the others, in order. Over nothing,
// kSum gives 0, kProd 1, kAll true, kAny false, kMax the lowest value (-inf), kMin the highest, kMean NaN
// (integers 0).
Status reduce(ReduceOp op, DType dtype, const void* x, const int64_t* dims, int32_t rank, uint32_t axis_mask,
              void* out, const Parallel& parallel, void* workspace);

// Reduces each of the dense rows [rows, n], n positive, on this thread. Rows of at most kLongestRow elements give the bits
// that reduce gives over the same axes, whatever the other dimensions are.
constexpr int64_t kLongestRow = 2047;
Status reduce_rows(ReduceOp op, DType dtype, const void* x, int64_t rows, int64_t n, void* out);

// Index of the greatest (or least) element along the middle axis of [outer, n, inner]: the first one of
// equals, the first NaN if there is any. index_dtype is int32 or int64. n must be positive. bool counts as
// uint8.
Status argmax(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, DType index_dtype,
              void* out, const Parallel& parallel);
Status argmin(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, DType index_dtype,
              void* out, const Parallel& parallel);

// Running sums (or products) along the middle axis of [outer, n, inner]. `exclusive` leaves the own element
// out.
Status cumsum(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
              bool reverse, void* out, const Parallel& parallel);
Status cumprod(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool exclusive,
               bool reverse, void* out, const Parallel& parallel);

// The k greatest of each row of [rows, n], in descending order, equal ones by ascending index; NaN counts as
// greatest. 0 <= k <= n < 2^31; indices are int32.
Status top_k(DType dtype, const void* x, int64_t rows, int64_t n, int64_t k, void* values, int32_t* indices,
             const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_REDUCE_H_
