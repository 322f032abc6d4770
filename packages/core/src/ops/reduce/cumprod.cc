#include "ops/elementwise/complex.hpp"
#include "ops/reduce/cumulative.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) { scan_along_axis(c, kernels::cumprod); }

void gradient(GradientContext& c) {
  // As TensorFlow does: exact where no element is 0.
  std::vector<Attr> attrs = {
      {"axis", c.int_attr("axis")}, {"exclusive", c.bool_attr("exclusive")}, {"reverse", !c.bool_attr("reverse")}};
  Tensor sums = call("cumsum", {conj(c.output()) * c.gradient()}, attrs);
  c.set_gradient(0, call("divide_no_nan", {sums, conj(c.input(0))}));
}

TG_OP("cumprod(x: T, *, axis: int = 0, exclusive: bool = false, reverse: bool = false) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.cumprod")
    .summary("Multiplies the elements up to each place along an axis.")
    .doc(R"(The gradient is exact where no element is 0, and 0 at elements that are.

Args:
  x: a tensor of rank 1 or more; a floating-point, integer or complex dtype.
  axis: the axis to run along.
  exclusive: whether the element itself is left out.
  reverse: whether to run from the end.

Returns:
  A tensor of the same shape and dtype: running products.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104).
)")
    .example(R"(>>> tg.math.cumprod([1., 2., 3.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 6.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3], "low": 0.5, "high": 2.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4], "low": 0.5, "high": 2.0}],
           "attributes": {"axis": 1, "exclusive": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 2.0}],
           "attributes": {"axis": -1, "reverse": true}}])")
    .infer<infer_cumulative>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
