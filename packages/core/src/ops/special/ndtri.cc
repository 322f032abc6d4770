#include "ops/special/special.hpp"

namespace tg {
namespace {

void ndtri_gradient(GradientContext& c) {
  constexpr double root_two_pi = 2.5066282746310002;
  c.set_gradient(0, scaled(c.gradient(), root_two_pi) * call("exp", {scaled(call("square", {c.output()}), 0.5)}));
}

TG_OP("ndtri(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.ndtri")
    .summary("Computes the quantile of the standard normal distribution at each element.")
    .doc(R"(Outside of [0, 1] it is NaN. (M. J. Wichura, Algorithm AS 241, Applied Statistics 37, 1988.)

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.ndtri([0.5, 0.975])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.9599644], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.05, "high": 0.95}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kNdtri>>()
    .gradient<ndtri_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
