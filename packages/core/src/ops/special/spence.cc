#include "ops/special/special.hpp"

namespace tg {
namespace {

void spence_gradient(GradientContext& c) {
  Tensor x = c.input(0);
  // log(x) / (1 - x), whose limit at 1 is -1
  Tensor one = scalar_like(x, 1.0), at_1 = call("equal", {x, one});
  Tensor slope = select(at_1, -one, call("log", {x}) / select(at_1, one, one - x));
  c.set_gradient(0, c.gradient() * slope);
}

TG_OP("spence(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.special.spence")
    .summary("Computes Spence's integral of each element: the dilogarithm of 1 - x.")
    .doc(R"(Below 0 it is NaN.

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.special.spence([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.      , -0.822467], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 1.2, "high": 4.0}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kSpence>>()
    .gradient<spence_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
