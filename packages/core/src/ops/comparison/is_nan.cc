#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("is_nan(x: T) -> bool")
    .types("T: " TG_ALL_FLOATS)
    .names("math.is_nan")
    .summary("Tells for each element whether it is NaN.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A bool tensor of the same shape.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.is_nan([1., float('nan'), float('inf')])
<tg.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True, False])>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same_bool>()
    .kernel<unary_kernel<kernels::UnaryOp::kIsNan>>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
