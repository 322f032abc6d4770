#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void sinh_gradient(GradientContext& c) {
  c.set_gradient(0, c.gradient() * call("cosh", {conj(c.input(0))}));
}

TG_OP("sinh(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.sinh sinh")
    .summary("Computes the hyperbolic sine of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.sinh([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.1752012], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kSinh>>()
    .gradient<sinh_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
