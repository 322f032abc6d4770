#include "ops/special/special.hpp"

namespace tg {
namespace {

// y / x, and its limit where x is 0
Tensor over(const Tensor& y, const Tensor& x, double limit) {
  Tensor at_0 = call("equal", {x, scalar_like(x, 0.0)});
  return select(at_0, scalar_like(x, limit), y / select(at_0, scalar_like(x, 1.0), x));
}

void bessel_i0_gradient(GradientContext& c) {
  c.set_gradient(0, c.gradient() * call("bessel_i1", {c.input(0)}));
}

TG_OP("bessel_i0(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.bessel_i0 math.special.bessel_i0")
    .summary("Computes the modified Bessel function of the first kind of order 0.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.bessel_i0([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 1.2660658], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -3.0, "high": 3.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselI0>>()
    .gradient<bessel_i0_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_i0e_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * (call("bessel_i1e", {x}) - call("sign", {x}) * c.output()));
}

TG_OP("bessel_i0e(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.bessel_i0e math.special.bessel_i0e")
    .summary("Computes exp(-|x|) bessel_i0(x) of each element.")
    .doc(R"(It overflows nowhere.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.bessel_i0e([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.4657596], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.2, "high": 3.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselI0e>>()
    .gradient<bessel_i0e_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_i1_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * (call("bessel_i0", {x}) - over(c.output(), x, 0.5)));
}

TG_OP("bessel_i1(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.bessel_i1 math.special.bessel_i1")
    .summary("Computes the modified Bessel function of the first kind of order 1.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.bessel_i1([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5651591], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -3.0, "high": 3.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselI1>>()
    .gradient<bessel_i1_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_i1e_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  Tensor slope = call("bessel_i0e", {x}) - over(c.output(), x, 0.5) - call("sign", {x}) * c.output();
  c.set_gradient(0, c.gradient() * slope);
}

TG_OP("bessel_i1e(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.bessel_i1e math.special.bessel_i1e")
    .summary("Computes exp(-|x|) bessel_i1(x) of each element.")
    .doc(R"(It overflows nowhere.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.bessel_i1e([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.20791042], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.2, "high": 3.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselI1e>>()
    .gradient<bessel_i1e_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
