// Equality of any two elements of one dtype, strings among them.
#ifndef TENSEGRA_OPS_EQUALITY_HPP_
#define TENSEGRA_OPS_EQUALITY_HPP_

#include "ops/elementwise/elementwise.hpp"
#include "ops/strings/strings.hpp"

namespace tg {

inline void compare_strings(KernelContext& c, bool wanted) {
  Dims x_dims = c.dims(0), y_dims = c.dims(1);
  kernels::BroadcastPlan plan;
  check_kernel(kernels::make_broadcast_plan(x_dims.data(), x_dims.rank(), y_dims.data(), y_dims.rank(), &plan));
  Strings x(c.input_data(0), x_dims.num_elements()), y(c.input_data(1), y_dims.num_elements());
  bool* out = c.output<bool>(0);
  for (int64_t i = 0; i < plan.size; ++i) {
    int64_t rest = i, at_x = 0, at_y = 0;
    for (int axis = plan.rank - 1; axis >= 0; --axis) {
      int64_t coordinate = rest % plan.dims[axis];
      rest /= plan.dims[axis];
      at_x += coordinate * plan.strides[0][axis];
      at_y += coordinate * plan.strides[1][axis];
    }
    out[i] = (x[at_x] == y[at_y]) == wanted;
  }
}

}  // namespace tg

#endif  // TENSEGRA_OPS_EQUALITY_HPP_
