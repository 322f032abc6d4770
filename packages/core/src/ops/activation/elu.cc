#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor x = c.input(0), zero = scalar_like(x, 0.0);
  // The side not taken must stay finite, or its gradient would be NaN.
  Tensor below = call("expm1", {call("minimum", {x, zero})});
  c.set_output(0, select(call("greater", {x, zero}), x, below));
}

TG_OP("elu(features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.elu")
    .summary("Computes features where they are positive, and exp(features) - 1 elsewhere.")
    .doc(R"doc(Args:
  features: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units
(ELUs)",
  ICLR 2016.
)doc")
    .example(R"(>>> tg.nn.elu([-1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
