#include "ops/reduce/composites.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  // The greatest element is taken out of the sum; a constant to gradients, since the result does not depend on it.
  Tensor x = c.input(0);
  Tensor greatest = call("stop_gradient", {along_axes("reduce_max", c, x, true)});
  Tensor shift = call("select", {call("is_finite", {greatest}), greatest, scalar_like(x, 0.0)});
  Tensor sum = along_axes("reduce_sum", c, call("exp", {x - shift}), c.bool_attr("keepdims"));
  c.set_output(0, call("log", {sum}) + call("reshape_like", {shift, sum}));
}

TG_OP("reduce_logsumexp(input_tensor: T, *, axis: ints?, keepdims: bool = false) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.reduce_logsumexp reduce_logsumexp")
    .summary("Computes log(sum(exp(x))) along axes, without overflow.")
    .doc(R"(Args:
  input_tensor: a tensor of any shape; a floating-point dtype.
)" TG_REDUCTION_ARGS R"(
Returns:
  A tensor of the same dtype, without the reduced axes. Over nothing it is -inf.
)" TG_REDUCTION_RAISES)
    .example(R"(>>> tg.math.reduce_logsumexp([[1., 2.], [3., 5.]], axis=1)
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([2.3132617, 5.126928 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [1]}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1], "keepdims": true}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
