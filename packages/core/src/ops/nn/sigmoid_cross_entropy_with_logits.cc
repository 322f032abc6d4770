#include "ops/common.hpp"

namespace tg {
namespace {

// max(x, 0) - x * z + log(1 + exp(-|x|)), so that nothing overflows and nothing cancels.
void compose(ComposeContext& c) {
  Tensor z = c.input(0), x = c.input(1), zero = scalar_like(x, 0.0);
  if (!dims_compatible(c.dims(0), c.dims(1)))
    throw invalid_argument("TG-0105", "labels and logits must have the same shape",
                           "labels.shape=" + c.dims(0).str() + ", logits.shape=" + c.dims(1).str());
  Tensor positive = call("greater_equal", {x, zero});
  Tensor upper = call("select", {positive, x, zero}), minus_abs = call("select", {positive, -x, x});
  c.set_output(0, upper - x * z + call("softplus", {minus_abs}));
}

TG_OP("sigmoid_cross_entropy_with_logits(labels: T, logits: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.sigmoid_cross_entropy_with_logits")
    .summary("Computes the cross entropy between labels and sigmoid(logits), for each element.")
    .doc(R"(Args:
  labels: probabilities; a floating-point dtype.
  logits: log odds, of the same shape and dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the shapes differ (TG-0105), or the dtypes do not fit (TG-0102).
)")
    .example(R"(>>> tg.nn.sigmoid_cross_entropy_with_logits([0., 1.], [0., 0.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.6931472, 0.6931472], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.0, "high": 1.0},
                      {"dtype": "float32", "shape": [2, 3], "low": -5.0, "high": 5.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
