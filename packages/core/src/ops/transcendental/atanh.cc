#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void atanh_gradient(GradientContext& c) {
  Tensor x = conj(c.input(0));
  c.set_gradient(0, c.gradient() / shifted(-call("square", {x}), 1.0));
}

TG_OP("atanh(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.atanh atanh")
    .summary("Computes the inverse hyperbolic tangent of each element.")
    .doc(R"(Outside of [-1, 1] it is NaN.

Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.atanh([0., 0.5])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.54930615], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -0.8, "high": 0.8}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kAtanh>>()
    .gradient<atanh_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
