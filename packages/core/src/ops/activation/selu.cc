#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  constexpr double scale = 1.0507009873554804934193349852946;
  constexpr double scale_alpha = 1.7580993408473768599402175208123;
  Tensor x = c.input(0), zero = scalar_like(x, 0.0);
  // The side not taken must stay finite, or its gradient would be NaN.
  Tensor below = call("expm1", {call("minimum", {x, zero})}) * scalar_like(x, scale_alpha);
  c.set_output(0, select(call("greater", {x, zero}), x * scalar_like(x, scale), below));
}

TG_OP("selu(features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.selu")
    .summary("Computes the scaled exponential linear unit of each element.")
    .doc(R"doc(Args:
  features: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.
)doc")
    .example(R"(>>> tg.nn.selu([-1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-1.1113307,  2.101402 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
