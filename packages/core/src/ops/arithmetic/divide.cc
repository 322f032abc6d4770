#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g / conj(y), x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(-(g * conj(c.output() / y)), y));
}

TG_OP("divide(x: T, y: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.divide divide math.truediv truediv")
    .summary("Computes x / y for each pair of elements, with broadcasting.")
    .doc(R"(Args:
  x: a tensor; a floating-point or complex dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.divide([1., 2.], 4.)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.25, 0.5 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": -2.0, "high": 2.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kDiv>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
