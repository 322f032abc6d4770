#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) { c.set_gradient(0, call("tanh_grad", {c.gradient(), conj(c.output())})); }

TG_OP("tanh(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.tanh tanh nn.tanh")
    .summary("Computes the hyperbolic tangent of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.tanh([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7615942], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kTanh>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void tanh_grad_gradient(GradientContext& c) {
  Tensor g = c.gradient(), dy = c.input(0), y = c.input(1);
  if (c.needs(0)) c.set_gradient(0, call("tanh_grad", {g, conj(y)}));
  if (c.needs(1)) c.set_gradient(1, g * conj(dy * (y * scalar_like(y, -2.0))));
}

TG_OP("tanh_grad(dy: T, y: T) -> T")
    .types("T: " TG_INEXACT)
    .summary("Computes dy * (1 - y * y).")
    .doc(R"(Args:
  dy: the gradient of tanh's result; a floating-point or complex dtype.
  y: the result of tanh, of the same shape and dtype.

Returns:
  The gradient of tanh's argument: a tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtypes differ (TG-0102), or the shapes differ (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "float32", "shape": [2, 3], "low": -0.9, "high": 0.9}]}])")
    .infer<infer_alike>()
    .kernel<binary_kernel<kernels::BinaryOp::kTanhGrad>>()
    .gradient<tanh_grad_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
