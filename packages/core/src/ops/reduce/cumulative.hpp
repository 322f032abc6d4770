// The call that running sums and products share.
#ifndef TENSEGRA_OPS_CUMULATIVE_HPP_
#define TENSEGRA_OPS_CUMULATIVE_HPP_

#include "kernels/reduce.h"
#include "ops/common.hpp"

namespace tg {

inline void infer_cumulative(InferContext& c) {
  Dims dims = c.dims(0);
  if (dims.known_rank()) normalize_axis(c.int_attr("axis"), dims.rank());
  c.set_output(0, c.dtype(0), dims);
}

using Scan = kernels::Status (*)(kernels::DType, const void*, int64_t, int64_t, int64_t, bool, bool, void*,
                                 const kernels::Parallel&);

inline void scan_along_axis(KernelContext& c, Scan scan) {
  Dims dims = c.dims(0);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  check_kernel(scan(kernel_dtype(c.dtype(0)), c.input_data(0), product(dims, 0, axis), dims[axis],
                    product(dims, axis + 1, dims.rank()), c.bool_attr("exclusive"), c.bool_attr("reverse"),
                    c.output_data(0), c.parallel()),
               c.dtype(0));
}

}  // namespace tg

#endif  // TENSEGRA_OPS_CUMULATIVE_HPP_
