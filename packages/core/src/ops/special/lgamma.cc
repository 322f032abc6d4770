#include "ops/special/special.hpp"

namespace tg {
namespace {

void lgamma_gradient(GradientContext& c) {
  c.set_gradient(0, c.gradient() * call("digamma", {c.input(0)}));
}

TG_OP("lgamma(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.lgamma")
    .summary("Computes the logarithm of the absolute value of the gamma function of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.lgamma([0.5, 4.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.5723649, 1.7917595], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.3, "high": 6.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kLgamma>>()
    .gradient<lgamma_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
