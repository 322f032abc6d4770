#include "ops/special/special.hpp"

namespace tg {
namespace {

void digamma_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * call("polygamma", {scalar_like(x, 1.0), x}));
}

TG_OP("digamma(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.digamma")
    .summary("Computes the derivative of lgamma at each element.")
    .doc(R"(At negative whole numbers it is NaN, at 0 infinite.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.digamma([1., 4.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.5772157,  1.2561177], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.3, "high": 6.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kDigamma>>()
    .gradient<digamma_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
