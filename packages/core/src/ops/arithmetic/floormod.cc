#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g, x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(-(g * call("floordiv", {x, y})), y));
}

TG_OP("floormod(x: T, y: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.floormod math.mod floormod")
    .summary("Computes the remainder x - floor(x / y) * y, for each pair of elements.")
    .doc(R"(The remainder has the sign of y, as % of Python gives it.

Args:
  x: a tensor; a floating-point or integer dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
  InvalidArgumentError: an integer divisor is 0 (TG-0108).
)")
    .example(R"(>>> tg.math.floormod([7, -7], 3)
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -5.0, "high": 5.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": -5.0, "high": 5.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kFloorMod>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
