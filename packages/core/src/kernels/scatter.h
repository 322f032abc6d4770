// Rows that go where indices say. No two threads write the same row, and updates of one row keep their order.
#ifndef TENSEGRA_KERNELS_SCATTER_H_
#define TENSEGRA_KERNELS_SCATTER_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

enum class ScatterOp : int32_t { kAssign, kAdd, kSub, kMul, kMin, kMax };

// targets[b * count + i] = the row, counted in all of [batch, dims...], that indices[b, i, :] [batch, count, depth]
// names. kBadIndex: *bad_position is the first bad one among batch * count.
Status index_rows(DType index_dtype, const void* indices, int64_t batch, int64_t count, const int64_t* dims,
                  int32_t depth, int64_t* targets, int64_t* bad_position);

// out[i, :] = params[sources[i], :], rows of row_bytes bytes.
void gather_rows(const void* params, int64_t row_bytes, const int64_t* sources, int64_t count, void* out,
                 const Parallel& parallel);

// out[targets[i], :] = op(out[targets[i], :], updates[i, :]), out being [rows, inner]; targets below 0 are left out.
// kAssign for every dtype of fixed size, kAdd and kSub for numbers, the others for floats and integers.
Status scatter_rows(ScatterOp op, DType dtype, const void* updates, const int64_t* targets, int64_t count,
                    int64_t rows, int64_t inner, void* out, const Parallel& parallel);

// x [outer, n, inner] and order alike; out[o, i, j] = x[o, order[o, i, j], j], or, inverse, out[o, order[o, i, j], j] =
// x[o, i, j] (order is then to be a permutation). kBadIndex as above.
Status permute(size_t elem_size, const void* x, const int32_t* order, int64_t outer, int64_t n, int64_t inner,
               bool inverse, void* out, int64_t* bad_position);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_SCATTER_H_
