#include "ops/special/special.hpp"

namespace tg {
namespace {

void fresnel_cos_gradient(GradientContext& c) {
  constexpr double half_pi = 1.5707963267948966;
  c.set_gradient(0, c.gradient() * call("cos", {scaled(call("square", {c.input(0)}), half_pi)}));
}

TG_OP("fresnel_cos(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.fresnel_cos")
    .summary("Computes Fresnel's cosine integral of each element.")
    .doc(R"(It is the integral of cos(pi t^2 / 2) from 0 to x.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.fresnel_cos([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7798934], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.5, "high": 2.5}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kFresnelCos>>()
    .gradient<fresnel_cos_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void fresnel_sin_gradient(GradientContext& c) {
  constexpr double half_pi = 1.5707963267948966;
  c.set_gradient(0, c.gradient() * call("sin", {scaled(call("square", {c.input(0)}), half_pi)}));
}

TG_OP("fresnel_sin(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.fresnel_sin")
    .summary("Computes Fresnel's sine integral of each element.")
    .doc(R"(It is the integral of sin(pi t^2 / 2) from 0 to x.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.fresnel_sin([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.43825915], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.5, "high": 2.5}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kFresnelSin>>()
    .gradient<fresnel_sin_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
