#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("ceil(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.ceil")
    .summary("Rounds each element up to a whole number.")
    .doc(R"(No gradient flows through it: it is constant almost everywhere.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.ceil([1.5, -1.5])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., -1.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -3.0, "high": 3.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kCeil>>()
    .gradient<no_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
