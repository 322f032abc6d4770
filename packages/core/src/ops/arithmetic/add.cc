#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g, x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(g, y));
}

TG_OP("add(x: T, y: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.add add")
    .summary("Computes x + y for each pair of elements, with broadcasting.")
    .doc(R"(Integers wrap on overflow.

Args:
  x: a tensor; a floating-point, integer or complex dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.add([1., 2.], 10.)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([11., 12.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3]}, {"dtype": "float32", "shape": [4, 1]}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kAdd>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
