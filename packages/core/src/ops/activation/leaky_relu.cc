#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor x = c.input(0);
  Tensor positive = call("greater", {x, scalar_like(x, 0.0)});
  c.set_output(0, select(positive, x, x * scalar_like(x, c.float_attr("alpha"))));
}

TG_OP("leaky_relu(features: T, *, alpha: float = 0.2) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.leaky_relu")
    .summary("Computes features where they are positive, and alpha * features elsewhere.")
    .doc(R"doc(Args:
  features: a tensor of any shape; a floating-point dtype.
  alpha: the slope for negative features.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML 2013.
)doc")
    .example(R"(>>> tg.nn.leaky_relu([-1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"alpha": 0.5}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
