// Moving elements without looking at them: transpose, slice, pad, concat, broadcast_to, tile, reverse, fill.
#ifndef TENSEGRA_KERNELS_COPY_H_
#define TENSEGRA_KERNELS_COPY_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// dst[i0*ds0 + i1*ds1 + ...] = src[i0*ss0 + ...] for all indices within dims; strides are in bytes and may be
// zero (source only) or negative; `src` and `dst` point at the element of index zero. The arrays must not
// overlap. elem_size is 1, 2, 4, 8 or 16; rank at most kMaxRank (0 copies one element).
Status copy_strided(size_t elem_size, const void* src, const int64_t* src_strides, void* dst,
                    const int64_t* dst_strides, const int64_t* dims, int32_t rank, const Parallel& parallel);

// A dense transpose: dst dimension i is src dimension perm[i]; dims are those of src.
Status transpose(size_t elem_size, const void* src, const int64_t* dims, int32_t rank, const int32_t* perm,
                 void* dst, const Parallel& parallel);

// dst[i] = *value for n elements of elem_size 1, 2, 4, 8 or 16.
Status fill(size_t elem_size, const void* value, void* dst, int64_t n, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_COPY_H_
