#include "ops/reduce/reduce.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  Tensor g = c.gradient();
  Tensor share;
  if (is_half(c.dtype(0))) {  // which cannot count far
    Tensor wide = call("cast", {g}, {Attr::dtype("dtype", TG_FLOAT32)});
    share = call("cast", {wide / reduced_count(c, wide)}, {Attr::dtype("dtype", c.dtype(0))});
  } else {
    share = g / reduced_count(c, g);
  }
  c.set_gradient(0, call("broadcast_like", {with_reduced_axes(c, share), c.input(0)}));
}

TG_OP("reduce_mean(input_tensor: T, *, axis: ints?, keepdims: bool = false) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.reduce_mean reduce_mean")
    .summary("Averages the elements along axes.")
    .doc(R"(Args:
  input_tensor: a tensor of any shape; a floating-point, integer or complex dtype.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype, without the reduced axes. Over nothing it is NaN; the mean of integers is truncated.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.reduce_mean([[1., 2.], [3., 4.]], axis=1)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([1.5, 3.5], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}},
          {"inputs": [{"dtype": "float32", "shape": []}]}])")
    .infer<infer_reduction>()
    .widened_kernel<reduction_kernel<kernels::ReduceOp::kMean>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
