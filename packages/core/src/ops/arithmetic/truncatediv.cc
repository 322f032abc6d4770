#include "ops/special/special.hpp"

namespace tg {
namespace {

void truncatediv_gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  if (c.needs(0)) c.set_gradient(0, sum_to_like(call("zeros_like", {g}), x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(call("zeros_like", {g}), y));
}

TG_OP("truncatediv(x: T, y: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("truncatediv")
    .summary("Divides each pair of elements and drops the fraction.")
    .doc(R"(No gradient flows through it: it is constant almost everywhere.

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
    .example(R"(>>> tg.truncatediv([7, -7], 2)
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -5.0, "high": 5.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": -5.0, "high": 5.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kTruncateDiv>>()
    .gradient<truncatediv_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
