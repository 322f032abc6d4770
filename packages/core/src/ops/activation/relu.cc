#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) { c.set_gradient(0, call("relu_grad", {c.gradient(), c.output()})); }

TG_OP("relu(features: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("nn.relu")
    .summary("Computes max(features, 0) for each element.")
    .doc(R"(The gradient at 0 is 0. NaN stays NaN.

Args:
  features: a tensor of any shape; a floating-point or integer dtype.

Returns:
  A tensor of the same shape and dtype as `features`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.
)")
    .example(R"(>>> tg.nn.relu([-1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kRelu>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void relu_grad_gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("relu_grad", {c.gradient(), c.input(1)}));
}

TG_OP("relu_grad(dy: T, features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Passes a gradient on where the rectifier was open.")
    .doc(R"(Args:
  dy: the gradient of relu's result; a floating-point dtype.
  features: argument or result of relu, of the same shape and dtype.

Returns:
  The gradient of relu's argument: a tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtypes differ (TG-0102), or the shapes differ (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_alike>()
    .kernel<binary_kernel<kernels::BinaryOp::kReluGrad>>()
    .gradient<relu_grad_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
