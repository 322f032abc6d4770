#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) { c.set_gradient(0, -c.gradient()); }

TG_OP("negative(x: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.negative negative")
    .summary("Computes -x for each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`. Integers wrap: the lowest value is its own negative.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.negative([1., -2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-1.,  2.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kNegative>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
