#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor x = c.input(0);
  c.set_gradient(0, c.gradient() / conj(x + scalar_like(x, 1.0)));
}

TG_OP("log1p(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.log1p log1p")
    .summary("Computes the natural logarithm of 1 + x, exactly also near 0.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.log1p([0., 1e-8])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.e+00, 1.e-08], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -0.7, "high": 3.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kLog1p>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
