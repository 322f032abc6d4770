#include "ops/reduce/cumulative.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) { scan_along_axis(c, kernels::cumsum); }

void gradient(GradientContext& c) {
  c.set_gradient(0, call("cumsum", {c.gradient()},
                         {{"axis", c.int_attr("axis")},
                          {"exclusive", c.bool_attr("exclusive")},
                          {"reverse", !c.bool_attr("reverse")}}));
}

TG_OP("cumsum(x: T, *, axis: int = 0, exclusive: bool = false, reverse: bool = false) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.cumsum cumsum")
    .summary("Adds the elements up to each place along an axis.")
    .doc(R"(Args:
  x: a tensor of rank 1 or more; a floating-point, integer or complex dtype.
  axis: the axis to run along.
  exclusive: whether the element itself is left out.
  reverse: whether to run from the end.

Returns:
  A tensor of the same shape and dtype: running sums.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104).
)")
    .example(R"(>>> tg.math.cumsum([1., 2., 3.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([1., 3., 6.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3], "low": -2.0, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4], "low": -2.0, "high": 2.0}],
           "attributes": {"axis": 1, "exclusive": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}],
           "attributes": {"axis": -1, "reverse": true}}])")
    .infer<infer_cumulative>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
