#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor x = c.input(0);
  c.set_output(0, x / (call("abs", {x}) + scalar_like(x, 1.0)));
}

TG_OP("softsign(features: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.softsign nn.softsign")
    .summary("Computes x / (1 + |x|) of each element.")
    .doc(R"(Args:
  features: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `features`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.nn.softsign([-1., 3.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.5 ,  0.75], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
