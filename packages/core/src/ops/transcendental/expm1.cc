#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) { c.set_gradient(0, c.gradient() * conj(call("exp", {c.input(0)}))); }

TG_OP("expm1(x: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.expm1 expm1")
    .summary("Computes e to the power of each element, minus 1, exactly also near 0.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.expm1([0., 1e-8])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.e+00, 1.e-08], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_same>()
    .kernel<unary_kernel<kernels::UnaryOp::kExpm1>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
