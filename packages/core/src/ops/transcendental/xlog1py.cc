#include "ops/elementwise/complex.hpp"
#include "ops/special/special.hpp"

namespace tg {
namespace {

void xlog1py_gradient(GradientContext& c) {
  Tensor g = c.gradient(), x = conj(c.input(0)), y = conj(c.input(1));
  // Where x is 0 the result is taken as constant, so that no infinity of log1p(y) gets in.
  Tensor zero = scalar_like(x, 0.0), one = scalar_like(x, 1.0), off = call("equal", {x, zero});
  if (c.needs(0)) c.set_gradient(0, sum_to_like(g * select(off, zero, call("log1p", {select(off, one, y)})), x));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(g * call("xdivy", {x, shifted(y, 1.0)}), y));
}

TG_OP("xlog1py(x: T, y: T) -> T")
    .types("T: " TG_INEXACT)
    .names("math.xlog1py")
    .summary("Computes x log1p(y) for each pair of elements, and 0 where x is 0 whatever y is.")
    .doc(R"(Args:
  x: a tensor; a floating-point or complex dtype.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.xlog1py([0., 1.], [-1., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.6931472], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [2, 3], "low": -0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 0.5, "high": 2.0},
                      {"dtype": "float32", "shape": [4, 1], "low": -0.5, "high": 2.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kXlog1py>>()
    .gradient<xlog1py_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
