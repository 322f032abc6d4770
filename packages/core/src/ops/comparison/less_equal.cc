#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("less_equal(x: T, y: T) -> bool")
    .types("T: " TG_ALL_REALS)
    .names("math.less_equal less_equal")
    .summary("Tells whether x <= y for each pair of elements, with broadcasting.")
    .doc(R"(A comparison with NaN is false.

Args:
  x: a tensor; a floating-point or integer dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A bool tensor of the broadcast shape.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.less_equal([1, 2, 3], 2)
<tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True,  True, False])>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3]}, {"dtype": "float32", "shape": [4, 1]}]}])")
    .infer<infer_broadcast_bool>()
    .kernel<binary_kernel<kernels::BinaryOp::kLessEqual>>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
