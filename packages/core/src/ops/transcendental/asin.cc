#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void asin_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * conj(call("rsqrt", {shifted(-call("square", {x}), 1.0)})));
}

TG_OP("asin(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.asin asin")
    .summary("Computes the inverse sine of each element, in [-pi / 2, pi / 2].")
    .doc(R"(Outside of [-1, 1] it is NaN.

Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.asin([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.5707964], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -0.9, "high": 0.9}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kAsin>>()
    .gradient<asin_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
