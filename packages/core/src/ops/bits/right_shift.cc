#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("right_shift(x: T, y: T) -> T")
    .types("T: " TG_INTEGERS)
    .names("bitwise.right_shift")
    .summary("Shifts the bits of each element to the right, with broadcasting.")
    .doc(R"(Args:
  x: a tensor; an integer dtype.
  y: by how many bits: a tensor of the same dtype, whose shape broadcasts with that of `x`. Below 0 it counts as 0,
    above the width of the dtype less 1 as that.

Returns:
  A tensor of the broadcast shape and the same dtype; signed integers keep their sign.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.bitwise.right_shift([6, 3], [3, 1])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([0, 1], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "shape": [2, 3]},
                      {"dtype": "int32", "shape": [3], "low": 0.0, "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kRightShift>>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
