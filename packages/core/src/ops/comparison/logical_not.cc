#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("logical_not(x: bool) -> bool")
    .names("math.logical_not logical_not")
    .summary("Computes the logical NOT of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; bool.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.logical_not([True, False])
<tg.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>)")
    .samples(R"([{"inputs": [{"dtype": "bool", "shape": [2, 3]}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kLogicalNot>>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
