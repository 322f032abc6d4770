#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("floordiv(x: T, y: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.floordiv floordiv")
    .summary("Computes the quotient x / y rounded down, for each pair of elements.")
    .doc(R"(Rounds toward minus infinity, as // of Python does. No gradient flows through it.

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
    .example(R"(>>> tg.math.floordiv([7, -7], 2)
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -4], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -5.0, "high": 5.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": -5.0, "high": 5.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .kernel<binary_kernel<kernels::BinaryOp::kFloorDiv>>()
    .gradient<no_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
