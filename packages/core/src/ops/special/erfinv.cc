#include "ops/special/special.hpp"

namespace tg {
namespace {

void erfinv_gradient(GradientContext& c) {
  constexpr double half_root_pi = 0.88622692545275801;
  c.set_gradient(0, scaled(c.gradient(), half_root_pi) * call("exp", {call("square", {c.output()})}));
}

TG_OP("erfinv(x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.erfinv")
    .summary("Computes the inverse of the error function of each element.")
    .doc(R"(Outside of [-1, 1] it is NaN. (M. J. Wichura, Algorithm AS 241, Applied Statistics 37, 1988.)

Args:
  x: a tensor of any shape; a floating-point dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.erfinv([0., 0.5])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.47693628], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -0.9, "high": 0.9}]}])")
    .infer<infer_same>()
    .widened_kernel<special_unary_kernel<kernels::SpecialUnary::kErfinv>>()
    .gradient<erfinv_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
