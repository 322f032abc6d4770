// What the normalizing ops share.
#ifndef TENSEGRA_OPS_NORM_HPP_
#define TENSEGRA_OPS_NORM_HPP_

#include "kernels/norm.h"
#include "ops/vjp.hpp"
#include "ops/nn/window.hpp"

namespace tg {

inline double epsilon_of(const Context& c) {
  double epsilon = c.float_attr("epsilon");
  if (!(epsilon >= 0) || epsilon > 1e30)
    throw invalid_argument("TG-0106", "epsilon must be a number of at least 0", "epsilon=" + std::to_string(epsilon));
  return epsilon;
}

inline Tensor mean_over(const Tensor& x, const std::vector<int64_t>& axes) {
  return call("reduce_mean", {x}, {{"axis", axes}, {"keepdims", true}});
}
inline Tensor inverse_of(const Tensor& variance, double epsilon) {
  return call("rsqrt", {variance + scalar_like(variance, epsilon)});
}

}  // namespace tg

#endif  // TENSEGRA_OPS_NORM_HPP_
