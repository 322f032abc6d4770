#include "ops/special/special.hpp"

namespace tg {
namespace {

// The derivative of the lower function with respect to x.
Tensor density(const Tensor& a, const Tensor& x) {
  return call("exp", {call("xlogy", {shifted(a, -1.0), x}) - x - call("lgamma", {a})});
}

void igamma_gradient(GradientContext& c) {
  Tensor g = c.gradient(), a = c.input(0), x = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g * call("igamma_grad_a", {a, x}), a));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(g * density(a, x), x));
}

TG_OP("igamma(a: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.igamma")
    .summary("Computes the regularized lower incomplete gamma function P(a, x), for each pair of elements.")
    .doc(R"(It is NaN where `a` is not positive or `x` is negative. (Series and continued fraction, DLMF 8.7.1 and
8.9.2; for large `a` N. M. Temme, SIAM J. Math. Anal. 10, 1979.)

Args:
  a: a tensor; a floating-point dtype.
  x: a tensor of the same dtype, whose shape broadcasts with that of `a`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.igamma([1., 2.], [1., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.63212055, 0.26424113], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kIgamma>>()
    .gradient<igamma_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void igammac_gradient(GradientContext& c) {
  Tensor g = c.gradient(), a = c.input(0), x = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(-(g * call("igamma_grad_a", {a, x})), a));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(-(g * density(a, x)), x));
}

TG_OP("igammac(a: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.igammac")
    .summary("Computes the regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x).")
    .doc(R"(It is NaN where `a` is not positive or `x` is negative. Small results are exact.

Args:
  a: a tensor; a floating-point dtype.
  x: a tensor of the same dtype, whose shape broadcasts with that of `a`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.igammac([1., 2.], [1., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.36787945, 0.7357589 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kIgammac>>()
    .gradient<igammac_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void igamma_grad_a_gradient(GradientContext& c) {
  Tensor g = c.gradient(), a = c.input(0), x = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g * call("igamma_grad_a2", {a, x}), a));
  if (c.needs(1)) {
    Tensor slope = density(a, x) * (call("log", {x}) - call("digamma", {a}));
    c.set_gradient(1, sum_to_like(g * slope, x));
  }
}

TG_OP("igamma_grad_a(a: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the derivative of igamma with respect to a, for each pair of elements.")
    .doc(R"(It is summed together with the function itself.

Args:
  a: a tensor; a floating-point dtype.
  x: a tensor of the same dtype, whose shape broadcasts with that of `a`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kIgammaGradA>>()
    .gradient<igamma_grad_a_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void igamma_grad_a2_gradient(GradientContext& c) {
  if (c.needs(0))
    throw unsupported("the derivative of igamma with respect to a is known up to the second order", "a third one");
  Tensor a = c.input(0), x = c.input(1);
  if (c.needs(1)) {
    Tensor slope = call("log", {x}) - call("digamma", {a});
    Tensor curve = call("square", {slope}) - call("polygamma", {scalar_like(a, 1.0), a});
    c.set_gradient(1, sum_to_like(c.gradient() * density(a, x) * curve, x));
  }
}

TG_OP("igamma_grad_a2(a: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the second derivative of igamma with respect to a, for each pair of elements.")
    .doc(R"(Only with respect to `x` it has a gradient.

Args:
  a: a tensor; a floating-point dtype.
  x: a tensor of the same dtype, whose shape broadcasts with that of `a`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kIgammaGradA2>>()
    .gradient<igamma_grad_a2_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
