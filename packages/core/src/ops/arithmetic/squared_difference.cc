#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  Tensor step = only_real(g) * ((x - y) * scalar_like(x, 2.0));
  if (c.needs(0)) c.set_gradient(0, sum_to_like(step, x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(-step, y));
}

TG_OP("squared_difference(x: T, y: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.squared_difference")
    .summary("Computes (x - y) squared for each pair of elements, with broadcasting.")
    .doc(R"(Args:
  x: a tensor; a floating-point, integer or complex dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.squared_difference([1., 5.], 3.)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([4., 4.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3]}, {"dtype": "float32", "shape": [4, 1]}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kSquaredDifference>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
