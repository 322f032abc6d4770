#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) { c.set_gradient(0, call("softplus_grad", {c.gradient(), c.input(0)})); }

TG_OP("softplus(features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.softplus nn.softplus")
    .summary("Computes log(1 + exp(features)) for each element.")
    .doc(R"(Exact for large arguments of either sign.

Args:
  features: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `features`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.softplus([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.6931472, 1.3132617], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kSoftplus>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

void softplus_grad_gradient(GradientContext& c) {
  Tensor g = c.gradient(), dy = c.input(0), x = c.input(1);
  if (c.needs(0)) c.set_gradient(0, call("softplus_grad", {g, x}));
  if (c.needs(1)) c.set_gradient(1, call("sigmoid_grad", {g * dy, call("sigmoid", {x})}));
}

TG_OP("softplus_grad(dy: T, features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes dy * sigmoid(features).")
    .doc(R"(Args:
  dy: the gradient of softplus's result; a floating-point dtype.
  features: the argument of softplus, of the same shape and dtype.

Returns:
  The gradient of softplus's argument: a tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtypes differ (TG-0102), or the shapes differ (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_alike>()
    .kernel<binary_kernel<kernels::BinaryOp::kSoftplusGrad>>()
    .gradient<softplus_grad_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
