#include "ops/reduce/reduce.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) {
  c.set_gradient(0, call("broadcast_like", {with_reduced_axes(c, c.gradient()), c.input(0)}));
}

TG_OP("reduce_sum(input_tensor: T, *, axis: ints?, keepdims: bool = false) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.reduce_sum reduce_sum")
    .summary("Adds the elements along axes.")
    .doc(R"(Args:
  input_tensor: a tensor of any shape; a floating-point, integer or complex dtype.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype, without the reduced axes. Over nothing it is 0; integers wrap.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.reduce_sum([[1., 2.], [3., 4.]], axis=1)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}},
          {"inputs": [{"dtype": "float32", "shape": []}]}])")
    .infer<infer_reduction>()
    .widened_kernel<reduction_kernel<kernels::ReduceOp::kSum>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
