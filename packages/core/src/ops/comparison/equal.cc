#include "ops/comparison/equality.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  if (c.dtype(0) == TG_STRING) return compare_strings(c, true);
  binary_kernel<kernels::BinaryOp::kEqual>(c);
}

TG_OP("equal(x: T, y: T) -> bool")
    .types("T: " TG_ALL " string")
    .names("math.equal equal")
    .summary("Tells whether x == y for each pair of elements, with broadcasting.")
    .doc(R"(NaN equals nothing, not even itself.

Args:
  x: a tensor; any number, bool or string.
  y: a tensor of the same dtype, whose shape broadcasts with that of `x`.

Returns:
  A bool tensor of the broadcast shape.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.equal([1, 2], 2)
<tg.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [1, 2, 3]}, {"dtype": "int32", "value": [[1], [3]]}]},
          {"inputs": [{"dtype": "bool", "shape": [2, 3]}, {"dtype": "bool", "shape": [3]}]},
          {"inputs": [{"dtype": "string", "value": ["a", "bc"]}, {"dtype": "string", "value": [["bc"], [""]]}]}])")
    .infer<infer_broadcast_bool>()
    .kernel<kernel>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
