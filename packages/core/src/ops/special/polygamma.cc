#include "ops/special/special.hpp"

namespace tg {
namespace {

void polygamma_gradient(GradientContext& c) {
  if (!c.needs(1)) return;
  Tensor a = c.input(0), x = c.input(1);
  c.set_gradient(1, sum_to_like(c.gradient() * call("polygamma", {shifted(a, 1.0), x}), x));
}

TG_OP("polygamma(a: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.polygamma")
    .summary("Computes the a-th derivative of digamma at x, for each pair of elements.")
    .doc(R"(`a` must hold whole numbers from 0 on; elsewhere the result is NaN. No gradient flows into `a`.

Args:
  a: a tensor; a floating-point dtype.
  x: a tensor of the same dtype, whose shape broadcasts with that of `a`.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.polygamma([1., 2.], [1., 1.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([ 1.644934 , -2.4041138], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[0.0, 1.0, 2.0], [3.0, 4.0, 1.0]]},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "value": [1.0, 3.0]}, {"dtype": "float32", "shape": [4, 1], "low": 0.5,
                      "high": 4.0}]}])")
    .infer<infer_broadcast>()
    .widened_kernel<special_binary_kernel<kernels::SpecialBinary::kPolygamma>>()
    .gradient<polygamma_gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
