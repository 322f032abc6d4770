#include "ops/special/special.hpp"

namespace tg {
namespace {

void bessel_y0_gradient(GradientContext& c) {
  c.set_gradient(0, -(c.gradient() * call("bessel_y1", {c.input(0)})));
}

TG_OP("bessel_y0(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_y0")
    .summary("Computes the Bessel function of the second kind of order 0.")
    .doc(R"(Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_y0([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.08825696, 0.5103757 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 5.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselY0>>()
    .gradient<bessel_y0_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_y1_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * (call("bessel_y0", {x}) - c.output() / x));
}

TG_OP("bessel_y1(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_y1")
    .summary("Computes the Bessel function of the second kind of order 1.")
    .doc(R"(Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_y1([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.7812128 , -0.10703243], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 5.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselY1>>()
    .gradient<bessel_y1_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
