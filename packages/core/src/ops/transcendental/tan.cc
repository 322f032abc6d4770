#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor y = conj(c.output());
  c.set_gradient(0, c.gradient() * (y * y + scalar_like(y, 1.0)));
}

TG_OP("tan(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.tan tan")
    .summary("Computes the tangent of each element, in radians.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.tan([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.5574077], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -1.2, "high": 1.2}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kTan>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
