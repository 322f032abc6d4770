#include "ops/special/special.hpp"

namespace tg {
namespace {

void bessel_k0_gradient(GradientContext& c) {
  c.set_gradient(0, -(c.gradient() * call("bessel_k1", {c.input(0)})));
}

TG_OP("bessel_k0(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_k0")
    .summary("Computes the modified Bessel function of the second kind of order 0.")
    .doc(R"(Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_k0([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.42102444, 0.11389387], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselK0>>()
    .gradient<bessel_k0_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_k0e_gradient(GradientContext& c) {
  c.set_gradient(0, c.gradient() * (c.output() - call("bessel_k1e", {c.input(0)})));
}

TG_OP("bessel_k0e(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_k0e")
    .summary("Computes exp(x) bessel_k0(x) of each element.")
    .doc(R"(It underflows nowhere. Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_k0e([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.1444631 , 0.84156823], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselK0e>>()
    .gradient<bessel_k0e_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_k1_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, -(c.gradient() * (call("bessel_k0", {x}) + c.output() / x)));
}

TG_OP("bessel_k1(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_k1")
    .summary("Computes the modified Bessel function of the second kind of order 1.")
    .doc(R"(Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_k1([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.60190725, 0.13986588], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselK1>>()
    .gradient<bessel_k1_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void bessel_k1e_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * (c.output() - call("bessel_k0e", {x}) - c.output() / x));
}

TG_OP("bessel_k1e(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.bessel_k1e")
    .summary("Computes exp(x) bessel_k1(x) of each element.")
    .doc(R"(It underflows nowhere. Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.bessel_k1e([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.6361535, 1.0334768], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kBesselK1e>>()
    .gradient<bessel_k1e_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
