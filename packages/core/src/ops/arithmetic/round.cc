#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("round(x: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.round round math.rint")
    .summary("Rounds each element to the nearest whole number, halves to the even one.")
    .doc(R"(No gradient flows through it: it is constant almost everywhere.

Args:
  x: a tensor of any shape; a floating-point or integer dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.round([0.5, 1.5, -2.4])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([ 0.,  2., -2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -3.0, "high": 3.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kRound>>()
    .gradient<no_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
