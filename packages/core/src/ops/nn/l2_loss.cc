#include "ops/common.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor t = c.input(0);
  c.set_output(0, call("reduce_sum", {call("square", {t})}) * scalar_like(t, 0.5));
}

TG_OP("l2_loss(t: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.l2_loss")
    .summary("Computes half the sum of the squares of all elements.")
    .doc(R"(Args:
  t: a tensor of any shape; a floating-point dtype.

Returns:
  A 0-d tensor of the same dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.nn.l2_loss([3., 4.])
<tg.Tensor: shape=(), dtype=float32, numpy=12.5>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
