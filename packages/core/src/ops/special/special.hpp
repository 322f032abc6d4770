// Kernels of the special functions, as elementwise ops call them.
#ifndef TENSEGRA_OPS_SPECIAL_HPP_
#define TENSEGRA_OPS_SPECIAL_HPP_

#include "kernels/special.h"
#include "ops/elementwise/elementwise.hpp"

namespace tg {

template <kernels::SpecialUnary op>
void special_unary_kernel(KernelContext& c) {
  check_kernel(kernels::special_unary(op, kernel_dtype(c.dtype(0)), c.input_data(0), c.output_data(0),
                                      c.num_elements(0), c.parallel()),
               c.dtype(0));
}

template <kernels::SpecialBinary op>
void special_binary_kernel(KernelContext& c) {
  Dims x = c.dims(0), y = c.dims(1);
  kernels::BroadcastPlan plan;
  check_kernel(kernels::make_broadcast_plan(x.data(), x.rank(), y.data(), y.rank(), &plan));
  check_kernel(kernels::special_binary(op, kernel_dtype(c.dtype(0)), c.input_data(0), c.input_data(1), c.output_data(0),
                                       plan, c.parallel()),
               c.dtype(0));
}

// x * number, and number + x
inline Tensor scaled(const Tensor& x, double number) { return x * scalar_like(x, number); }
inline Tensor shifted(const Tensor& x, double number) { return x + scalar_like(x, number); }

}  // namespace tg

#endif  // TENSEGRA_OPS_SPECIAL_HPP_
