#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor x = c.input(0);
  c.set_output(0, x * call("sigmoid", {x}));
}

TG_OP("silu(features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.silu nn.swish")
    .summary("Computes features * sigmoid(features) for each element.")
    .doc(R"doc(Args:
  features: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
  Reinforcement Learning", Neural Networks 107, 2018.
)doc")
    .example(R"(>>> tg.nn.silu([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7310586], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
