#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor x = c.input(0);
  c.set_output(0, call("minimum", {call("relu", {x}), scalar_like(x, 6.0)}));
}

TG_OP("relu6(features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.relu6")
    .summary("Computes min(max(features, 0), 6) for each element.")
    .doc(R"doc(Args:
  features: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.
)doc")
    .example(R"(>>> tg.nn.relu6([-1., 2., 8.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([0., 2., 6.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
