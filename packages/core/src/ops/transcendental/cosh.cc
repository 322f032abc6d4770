#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void cosh_gradient(GradientContext& c) {
  c.set_gradient(0, c.gradient() * call("sinh", {conj(c.input(0))}));
}

TG_OP("cosh(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.cosh cosh")
    .summary("Computes the hyperbolic cosine of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.cosh([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 1.5430807], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kCosh>>()
    .gradient<cosh_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
