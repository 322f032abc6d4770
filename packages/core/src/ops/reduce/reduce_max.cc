#include "ops/reduce/reduce.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  // Elements that share the place share the gradient.
  Tensor x = c.input(0);
  Tensor chosen =
      call("cast", {call("equal", {x, with_reduced_axes(c, c.output())})}, {Attr::dtype("dtype", x.dtype())});
  Tensor count = call("reduce_sum", {chosen}, same_axes(c, true));
  c.set_gradient(0, with_reduced_axes(c, c.gradient()) / count * chosen);
}

TG_OP("reduce_max(input_tensor: T, *, axis: ints?, keepdims: bool = false) -> T")
    .types("T: " TG_ALL_REALS)
    .names("math.reduce_max reduce_max")
    .summary("Finds the greatest element along axes.")
    .doc(R"(Args:
  input_tensor: a tensor of any shape; a floating-point or integer dtype.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype, without the reduced axes. Over nothing it is the lowest value of the dtype (-inf). NaN
  if any element is.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.reduce_max([[1., 2.], [3., 4.]], axis=1)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}},
          {"inputs": [{"dtype": "float32", "shape": []}]}])")
    .infer<infer_reduction>()
    .widened_kernel<reduction_kernel<kernels::ReduceOp::kMax>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
