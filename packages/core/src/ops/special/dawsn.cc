#include "ops/special/special.hpp"

namespace tg {
namespace {

void dawsn_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * shifted(scaled(x * c.output(), -2.0), 1.0));
}

TG_OP("dawsn(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.dawsn")
    .summary("Computes Dawson's integral of each element.")
    .doc(R"(It is exp(-x^2) times the integral of exp(t^2) from 0 to x.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.dawsn([0., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5380795], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -3.0, "high": 3.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kDawsn>>()
    .gradient<dawsn_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
