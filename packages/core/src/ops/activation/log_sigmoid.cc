#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) { c.set_output(0, -call("softplus", {-c.input(0)})); }

TG_OP("log_sigmoid(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.log_sigmoid")
    .summary("Computes log(1 / (1 + exp(-x))) for each element, exactly also where x is large.")
    .doc(R"doc(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)doc")
    .example(R"(>>> tg.math.log_sigmoid([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.6931472 , -0.31326166], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
