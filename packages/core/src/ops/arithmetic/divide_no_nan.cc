#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  Tensor x = c.input(0), y = c.input(1), zero = scalar_like(y, 0.0), one = scalar_like(y, 1.0);
  Tensor by_zero = call("equal", {y, zero});
  c.set_output(0, select(by_zero, zero, x / select(by_zero, one, y)));
}

TG_OP("divide_no_nan(x: T, y: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.divide_no_nan")
    .summary("Computes x / y for each pair of elements, and 0 where y is 0, with broadcasting.")
    .doc(R"(Where y is 0 no gradient flows.

Args:
  x: a tensor; a floating-point or complex dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.divide_no_nan([1., 2.], [0., 4.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "float32", "shape": [3], "low": 0.5, "high": 2.0}]}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
