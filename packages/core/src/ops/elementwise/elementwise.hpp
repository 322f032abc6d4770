// Inference and kernels that elementwise ops share.
#ifndef TENSEGRA_OPS_ELEMENTWISE_HPP_
#define TENSEGRA_OPS_ELEMENTWISE_HPP_

#include "kernels/elementwise.h"
#include "ops/common.hpp"

namespace tg {

inline void infer_same(InferContext& c) { c.set_output(0, c.dtype(0), c.dims(0)); }
inline void infer_same_bool(InferContext& c) { c.set_output(0, TG_BOOL, c.dims(0)); }
// Two inputs of one shape.
inline void infer_alike(InferContext& c) {
  Dims x = c.dims(0), y = c.dims(1);
  if (!dims_compatible(x, y))
    throw invalid_argument("TG-0105", "both inputs must have the same shape", "shapes " + x.str() + " and " + y.str());
  c.set_output(0, c.dtype(0), merge_dims(x, y));
}

inline void infer_broadcast(InferContext& c) { c.set_output(0, c.dtype(0), broadcast(c.dims(0), c.dims(1))); }
inline void infer_broadcast_bool(InferContext& c) { c.set_output(0, TG_BOOL, broadcast(c.dims(0), c.dims(1))); }

template <kernels::UnaryOp op>
void unary_kernel(KernelContext& c) {
  check_kernel(kernels::unary(op, kernel_dtype(c.dtype(0)), c.input_data(0), c.output_data(0), c.num_elements(0),
                              c.parallel()),
               c.dtype(0));
}

template <kernels::BinaryOp op>
void binary_kernel(KernelContext& c) {
  Dims x = c.dims(0), y = c.dims(1);
  kernels::BroadcastPlan plan;
  check_kernel(kernels::make_broadcast_plan(x.data(), x.rank(), y.data(), y.rank(), &plan));
  check_kernel(kernels::binary(op, kernel_dtype(c.dtype(0)), c.input_data(0), c.input_data(1), c.output_data(0), plan,
                               c.parallel()),
               c.dtype(0));
}

// condition ? x : y
inline Tensor select(const Tensor& condition, const Tensor& x, const Tensor& y) {
  return call("select", {condition, x, y});
}

}  // namespace tg

#endif  // TENSEGRA_OPS_ELEMENTWISE_HPP_
