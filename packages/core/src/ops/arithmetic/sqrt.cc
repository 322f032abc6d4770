#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor y = conj(c.output());
  c.set_gradient(0, c.gradient() * scalar_like(y, 0.5) / y);
}

TG_OP("sqrt(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.sqrt sqrt")
    .summary("Computes the square root of each element.")
    .doc(R"(The root of a negative number is NaN. The gradient at 0 is infinite.

Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.sqrt([4., 9.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.2, "high": 3.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kSqrt>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
