#include "ops/special/special.hpp"

namespace tg {
namespace {

// y / x, and its limit where x is 0
Tensor over(const Tensor& y, const Tensor& x, double limit) {
  Tensor at_0 = call("equal", {x, scalar_like(x, 0.0)});
  return select(at_0, scalar_like(x, limit), y / select(at_0, scalar_like(x, 1.0), x));
}

void bessel_j0_gradient(GradientContext& c) {
  c.set_gradient(0, -(c.gradient() * call("bessel_j1", {c.input(0)})));
}

TG_OP("bessel_j0(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_j0")
    .summary("Computes the Bessel function of the first kind of order 0.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_j0([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.7651977], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -5.0, "high": 5.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselJ0>>()
    .gradient<bessel_j0_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_j1_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * (call("bessel_j0", {x}) - over(c.output(), x, 0.5)));
}

TG_OP("bessel_j1(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_j1")
    .summary("Computes the Bessel function of the first kind of order 1.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_j1([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.44005057], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -5.0, "high": 5.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselJ1>>()
    .gradient<bessel_j1_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
