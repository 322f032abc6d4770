#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void atan_gradient(GradientContext& c) {
  Tensor x = conj(c.input(0));
  c.set_gradient(0, c.gradient() / shifted(call("square", {x}), 1.0));
}

TG_OP("atan(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.atan atan")
    .summary("Computes the inverse tangent of each element, in (-pi / 2, pi / 2).")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.atan([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7853982], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kAtan>>()
    .gradient<atan_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
