#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1), zero = scalar_like(x, 0.0);
  Tensor first = call("greater_equal", {x, y});
  if (c.needs(0)) c.set_gradient(0, sum_to_like(select(first, g, zero), x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(select(first, zero, g), y));
}

TG_OP("maximum(x: T, y: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.maximum maximum")
    .summary("Takes the greater of each pair of elements, with broadcasting.")
    .doc(R"(NaN if either is NaN. The gradient goes to x where both are equal.

Args:
  x: a tensor; a floating-point or integer dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.maximum([1., 5.], 3.)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 5.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3]}, {"dtype": "float32", "shape": [4, 1]}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kMaximum>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
