// Sorting, searching in sorted rows, and finding distinct elements. NaN counts as greater than every number.
#ifndef TENSEGRA_KERNELS_SORT_H_
#define TENSEGRA_KERNELS_SORT_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// Bytes of workspace that `sort` and `argsort` need for arrays of `size` elements.
size_t sort_workspace_bytes(DType dtype, int64_t size);
size_t argsort_workspace_bytes(DType dtype, int64_t size);

// Sorts along the middle axis of x [outer, n, inner]. Bool, integers and floats of every width.
Status sort(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool descending, void* out,
            void* workspace, const Parallel& parallel);

// out = where the sorted elements were; equal elements keep their order. n must be below 2^31.
Status argsort(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool descending, int32_t* out,
               void* workspace, const Parallel& parallel);

// out[r, j] = how many elements of sorted[r, :] [rows, n] come before values[r, j] [rows, m]: those that are smaller
// (left), or not greater (right). out is int32 or int64.
Status search_sorted(DType dtype, const void* sorted, const void* values, int64_t rows, int64_t n, int64_t m,
                     bool right, DType out_dtype, void* out, const Parallel& parallel);

// Bytes of workspace that `unique` needs for n elements.
size_t unique_workspace_bytes(int64_t n);

// group[i] = the number of x[i] among the distinct elements, which are counted in order of appearance; first[k] = where
// the k-th of them appears first. Both have room for n. Returns how many there are; -1 for a dtype without kernel.
// A NaN equals nothing.
int64_t unique(DType dtype, const void* x, int64_t n, int64_t* first, int64_t* group, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_SORT_H_
