#include "ops/special/special.hpp"

namespace tg {
namespace {

void nextafter_gradient(GradientContext& c) {
  // The result is x1 but for a rounding; where both are equal it is x2.
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1), zero = scalar_like(x, 0.0);
  Tensor same = call("equal", {x, y});
  if (c.needs(0)) c.set_gradient(0, sum_to_like(select(same, zero, g), x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(select(same, g, zero), y));
}

TG_OP("nextafter(x1: T, x2: T) -> T")
    .types("T: " TG_FLOATS)
    .names("math.nextafter")
    .summary("Finds the next representable number after x1 in the direction of x2, for each pair of elements.")
    .doc(R"(The gradient is that of `x1`, and of `x2` where both are equal.

Args:
  x1: a tensor; float32 or float64.
  x2: a tensor of the same dtype, whose shape broadcasts with that of `x1`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> float(tg.math.nextafter(1., 2.)) - 1.
1.1920928955078125e-07)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": -2.0, "high": 2.0},
                      {"dtype": "float32", "shape": [4, 1], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .kernel<special_binary_kernel<kernels::SpecialBinary::kNextafter>>()
    .gradient<nextafter_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
