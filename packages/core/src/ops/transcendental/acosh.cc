#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void acosh_gradient(GradientContext& c) {
  Tensor x = conj(c.input(0));
  // In factors, since x * x overflows before the result does.
  c.set_gradient(0, c.gradient() * call("rsqrt", {shifted(x, -1.0)}) * call("rsqrt", {shifted(x, 1.0)}));
}

TG_OP("acosh(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.acosh acosh")
    .summary("Computes the inverse hyperbolic cosine of each element.")
    .doc(R"(Below 1 it is NaN.

Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.acosh([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.      , 1.316958], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 1.5, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kAcosh>>()
    .gradient<acosh_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
