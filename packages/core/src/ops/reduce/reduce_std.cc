#include "ops/reduce/composites.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) { c.set_output(0, call("sqrt", {variance(c)})); }

TG_OP("reduce_std(input_tensor: T, *, axis: ints?, keepdims: bool = false) -> any")
    .types("T: " TG_INEXACT)
    .names("math.reduce_std reduce_std")
    .summary("Computes the standard deviation of the elements along axes.")
    .doc(R"(Where all elements are equal the gradient is NaN.

Args:
  input_tensor: a tensor of any shape; a floating-point or complex dtype.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype (of complex numbers: of their parts), without the reduced axes.
  The square root of the variance; over nothing it is NaN.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.math.reduce_std([[1., 2.], [3., 5.]], axis=1)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 1. ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
