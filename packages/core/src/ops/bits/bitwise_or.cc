#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("bitwise_or(x: T, y: T) -> T")
    .types("T: " TG_INTEGERS)
    .names("bitwise.bitwise_or")
    .summary("Computes the bitwise OR of each pair of elements, with broadcasting.")
    .doc(R"(Args:
  x: a tensor; an integer dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.bitwise.bitwise_or([6, 3], [3, 1])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([7, 3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "shape": [2, 3]}, {"dtype": "int32", "shape": [3]}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kBitwiseOr>>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
