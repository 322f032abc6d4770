#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() * (conj(x) * scalar_like(x, 2.0)));
}

TG_OP("square(x: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.square square")
    .summary("Computes the square of each element.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.square([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1., 4.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kSquare>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
