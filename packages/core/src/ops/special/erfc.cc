#include "ops/special/special.hpp"

namespace tg {
namespace {

void erfc_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  constexpr double two_over_root_pi = 1.1283791670955126;
  c.set_gradient(0, -(scaled(c.gradient(), two_over_root_pi) * call("exp", {-call("square", {x})})));
}

TG_OP("erfc(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.erfc")
    .summary("Computes 1 - erf(x) of each element, exactly also where erf(x) is close to 1.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.erfc([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.1572992], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kErfc>>()
    .gradient<erfc_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
