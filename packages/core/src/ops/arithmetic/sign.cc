#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor x = c.input(0);
  if (!is_complex(c.dtype(0))) return c.set_gradient(0, call("zeros_like", {x}));
  // Only what turns the number counts, and the less the longer it is.
  Tensor g = c.gradient(), sign = c.output();
  Tensor turning = g - sign * only_real(conj(sign) * g);
  c.set_gradient(0, call("divide_no_nan", {turning, cast_to(call("abs", {x}), c.dtype(0))}));
}

TG_OP("sign(x: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.sign sign")
    .summary("Tells the sign of each element: -1, 0 or 1.")
    .doc(R"(NaN stays NaN. The gradient is 0.

Args:
  x: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.sign([-3., 0., 2.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([-1.,  0.,  1.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kSign>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
