#include "ops/special/special.hpp"

namespace tg {
namespace {

void zeta_gradient(GradientContext& c) {
  if (!c.needs(1)) return;
  Tensor g = c.gradient(), x = c.input(0), y = c.input(1);
  c.set_gradient(1, sum_to_like(-(g * x * call("zeta", {shifted(x, 1.0), y})), y));
}

TG_OP("zeta(x: T, q: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.zeta")
    .summary("Computes the Hurwitz zeta function, the sum of (q + k)^-x over k = 0, 1, 2, ...")
    .doc(R"(No gradient flows into `x`. Below 1 in `x` it is NaN, and at whole numbers of `q` up to 0 infinite.
(Euler-Maclaurin formula, DLMF 25.11(iii).)

Args:
  x: a tensor; a floating-point dtype.
  q: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.zeta([2., 4.], [1., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.644934 , 1.0823232], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 1.5, "high": 6.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3], "low": 1.5, "high": 6.0},
                      {"dtype": "float32", "shape": [4, 1], "low": 0.5, "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kZeta>>()
    .gradient<zeta_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
