#include "ops/special/special.hpp"

namespace tg {
namespace {

void atan2_gradient(GradientContext& c) {
  Tensor g = c.gradient(), y = c.input(0), x = c.input(1);
  Tensor over_square = g / (call("square", {x}) + call("square", {y}));
  if (c.needs(0)) c.set_gradient(0, sum_to_like(over_square * x, y));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(-(over_square * y), x));
}

TG_OP("atan2(y: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.atan2 atan2")
    .summary("Computes the angle of the point (x, y) for each pair of elements, in [-pi, pi].")
    .doc(R"(Args:
  y: a tensor; a floating-point dtype.
  x: a tensor of the same dtype, whose shape broadcasts with that of `y`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.atan2([1., 1.], [1., -1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.7853982, 2.3561945], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": -2.0, "high": 2.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kAtan2>>()
    .gradient<atan2_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
