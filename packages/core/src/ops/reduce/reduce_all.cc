#include "ops/reduce/reduce.hpp"

namespace tg {
namespace {

TG_OP("reduce_all(input_tensor: bool, *, axis: ints?, keepdims: bool = false) -> bool")
    .names("math.reduce_all reduce_all")
    .summary("Tells whether all elements along axes hold.")
    .doc(R"(Args:
  input_tensor: a tensor of any shape; bool.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype, without the reduced axes. Over nothing it is True.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.reduce_all([[True, True], [False, True]], axis=1)
<tg.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>)")
    .samples(R"([{"inputs": [{"dtype": "bool", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "bool", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "bool", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}},
          {"inputs": [{"dtype": "bool", "shape": []}]}])")
    .infer<infer_reduction>()
    .kernel<reduction_kernel<kernels::ReduceOp::kAll>>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
