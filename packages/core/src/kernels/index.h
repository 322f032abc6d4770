// Kernels that read or write where an index says.
#ifndef TENSEGRA_KERNELS_INDEX_H_
#define TENSEGRA_KERNELS_INDEX_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// out[b, o, i, :] = params[b, o, indices[b, i], :] with params [batch, outer, n, inner] of elem_size bytes
// each, indices [batch, count] of int32 or int64, out [batch, outer, count, inner]. Without batch dimensions,
// batch is 1. kBadIndex if an index is outside [0, n): *bad_position is the first such place in `indices`,
// and the output is not defined.
Status gather(size_t elem_size, const void* params, int64_t batch, int64_t outer, int64_t n, int64_t inner,
              DType index_dtype, const void* indices, int64_t count, void* out, int64_t* bad_position,
              const Parallel& parallel);

// out[outer, indices[i], :] += updates[outer, i, :], in ascending order of i for each target element; out is
// [outer, n, inner] and keeps what is in it (fill it with zeros for the gradient of gather). Floats and
// integers. kBadIndex as above, with out unchanged.
Status scatter_add(DType dtype, const void* updates, int64_t outer, int64_t n, int64_t inner,
                   DType index_dtype, const void* indices, int64_t count, void* out, int64_t* bad_position,
                   const Parallel& parallel);

// out[o, d, i] = indices[o, i] == d ? *on_value : *off_value, out being [outer, depth, inner] (inner 1 puts
// the new axis last). An index outside [0, depth) gives off values only.
Status one_hot(size_t elem_size, DType index_dtype, const void* indices, int64_t outer, int64_t depth,
               int64_t inner, const void* on_value, const void* off_value, void* out,
               const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_INDEX_H_
