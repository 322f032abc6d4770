#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("logical_and(x: bool, y: bool) -> bool")
    .names("math.logical_and logical_and")
    .summary("Computes the logical AND of each pair of elements, with broadcasting.")
    .doc(R"(Args:
  x: a tensor; bool.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A bool tensor of the broadcast shape.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.logical_and([True, True, False], [True, False, False])
<tg.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False, False])>)")
    .samples(R"([{"inputs": [{"dtype": "bool", "shape": [2, 3]}, {"dtype": "bool", "shape": [3]}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kLogicalAnd>>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
