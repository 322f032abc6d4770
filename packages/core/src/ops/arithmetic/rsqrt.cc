#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor y = conj(c.output());
  c.set_gradient(0, c.gradient() * scalar_like(y, -0.5) * (y * y * y));
}

TG_OP("rsqrt(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.rsqrt rsqrt")
    .summary("Computes 1 over the square root of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.rsqrt([4., 0.25])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 2. ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.2, "high": 3.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kRsqrt>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
