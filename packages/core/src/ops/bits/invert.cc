#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("invert(x: T) -> T")
    .types("T: " TG_INTEGERS)
    .names("bitwise.invert")
    .summary("Flips every bit of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; an integer dtype.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.bitwise.invert([0, 5])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([-1, -6], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "shape": [2, 3]}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kBitwiseNot>>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
