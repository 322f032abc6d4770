#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  // Where y is 0 the result is 1, whatever x is; where x is not positive the result is taken as constant in y.
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  Tensor one = scalar_like(x, 1.0), zero = scalar_like(x, 0.0);
  Tensor y_is_zero = call("equal", {y, zero});
  // Complex numbers have a logarithm everywhere but at 0.
  Tensor positive = is_complex(c.dtype(0)) ? call("not_equal", {x, zero}) : call("greater", {x, zero});
  Tensor log_x = c.needs(1) ? call("log", {select(positive, x, one)}) : zero;
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g * conj(y * call("pow", {x, select(y_is_zero, one, y - one)})), x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(g * conj(c.output() * log_x), y));
}

TG_OP("pow(x: T, y: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.pow pow")
    .summary("Raises each x to the power y, with broadcasting.")
    .doc(R"(The gradient with respect to y is 0 where x is not positive.

Args:
  x: a tensor; a floating-point, integer or complex dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
  InvalidArgumentError: an integer exponent is negative (TG-0123).
)")
    .example(R"(>>> tg.math.pow([2., 3.], 2.)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([4., 9.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [4, 1], "low": -2.0, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kPow>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
