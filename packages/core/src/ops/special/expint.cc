#include "ops/special/special.hpp"

namespace tg {
namespace {

void expint_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * call("exp", {x}) / x);
}

TG_OP("expint(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.expint")
    .summary("Computes the exponential integral Ei of each element.")
    .doc(R"(It is the principal value of the integral of exp(t) / t from minus infinity to x.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.expint([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.8951178, 4.954234 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kExpint>>()
    .gradient<expint_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
