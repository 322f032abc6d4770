#include <cfloat>

#include "kernels/special.h"
#include "ops/reduce/cumulative.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) { scan_along_axis(c, kernels::cumulative_logsumexp); }

// The gradient of x[i] is exp(x[i]) times the sum of g[j] exp(-y[j]) over the places j that x[i] reached. The positive
// and the negative part of g are summed apart, by their logarithms, as no exp(-y) could be.
Tensor part(GradientContext& c, const Tensor& g) {
  Tensor x = c.input(0), zero = scalar_like(x, 0.0);
  Tensor lowest = scalar_like(x, x.dtype() == TG_FLOAT32 ? -FLT_MAX : -DBL_MAX);
  Tensor positive = call("greater", {g, zero});
  Tensor log_g = call("select", {positive, call("log", {call("select", {positive, g, scalar_like(x, 1.0)})}), lowest});
  // Where nothing was summed yet y is the lowest number, which must not turn into the greatest.
  Tensor y = c.output(), summed = call("greater", {y, lowest});
  Tensor terms = call("select", {summed, log_g - y, lowest});
  Tensor sums = call("cumulative_logsumexp", {terms},
                     {{"axis", c.int_attr("axis")},
                      {"exclusive", c.bool_attr("exclusive")},
                      {"reverse", !c.bool_attr("reverse")}});
  return call("exp", {sums + x});
}

void gradient(GradientContext& c) {
  Tensor g = c.gradient();
  c.set_gradient(0, part(c, g) - part(c, -g));
}

TG_OP("cumulative_logsumexp(x: T, *, axis: int = 0, exclusive: bool = false, reverse: bool = false) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.cumulative_logsumexp")
    .summary("Computes the logarithm of the sum of exp(x) up to each place along an axis, without overflow.")
    .doc(R"(Args:
  x: a tensor of rank 1 or more; a floating-point dtype.
  axis: the axis to run along.
  exclusive: whether the element itself is left out; the logarithm of no sum at all is the lowest finite number.
  reverse: whether to run from the end.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104).
)")
    .example(R"(>>> tg.math.cumulative_logsumexp([0., 0., 0.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([0.       , 0.6931472, 1.0986123], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3], "low": -2.0, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4], "low": -2.0, "high": 2.0}],
           "attributes": {"axis": 1, "reverse": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}],
           "attributes": {"axis": -1}}])")
    .infer<infer_cumulative>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
