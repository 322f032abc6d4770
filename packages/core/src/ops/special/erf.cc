#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  constexpr double two_over_root_pi = 1.1283791670955126;
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * scalar_like(x, two_over_root_pi) * call("exp", {-call("square", {x})}));
}

TG_OP("erf(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.erf erf")
    .summary("Computes the Gauss error function of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.erf([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.8427008], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kErf>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
