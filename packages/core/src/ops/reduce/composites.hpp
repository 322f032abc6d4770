// How composed reductions call their parts.
#ifndef TENSEGRA_OPS_REDUCE_COMPOSITES_HPP_
#define TENSEGRA_OPS_REDUCE_COMPOSITES_HPP_

#include "ops/reduce/reduce.hpp"

namespace tg {

// "reduce_sum", say, along the axes of this call.
inline Tensor along_axes(const char* reduction, const Context& c, const Tensor& x, bool keepdims) {
  return call(reduction, {x}, same_axes(c, keepdims));
}

inline Tensor variance(const ComposeContext& c) {
  Tensor x = c.input(0);
  Tensor distance = call("squared_difference", {x, along_axes("reduce_mean", c, x, true)});
  if (is_complex(x.dtype())) distance = call("real", {distance});
  return along_axes("reduce_mean", c, distance, c.bool_attr("keepdims"));
}

}  // namespace tg

#endif  // TENSEGRA_OPS_REDUCE_COMPOSITES_HPP_
