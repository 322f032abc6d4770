#include "ops/common.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  if (!dims.known_rank()) return c.set_output(0, c.dtype(0), dims);
  dims.insert(normalize_axis(c.int_attr("axis"), dims.rank() + 1), 1);
  c.set_output(0, c.dtype(0), dims);
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("squeeze", {c.gradient()}, {{"axis", std::vector<int64_t>{c.int_attr("axis")}}}));
}

TG_OP("expand_dims(input: any, *, axis: int) -> any")
    .names("expand_dims")
    .summary("Inserts an axis of size 1.")
    .doc(R"(The memory is shared.

Args:
  input: a tensor of any dtype.
  axis: where the new axis is in the result, in [-rank - 1, rank].

Returns:
  A tensor with the same elements and one more dimension.

Raises:
  InvalidArgumentError: the axis is outside its range (TG-0104), or the rank would exceed 8 (TG-0103).
)")
    .example(R"(>>> tg.expand_dims([1, 2], axis=0)
<tg.Tensor: shape=(1, 2), dtype=int32, numpy=array([[1, 2]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"axis": 1}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"axis": -1}}])")
    .infer<infer>()
    .gradient<gradient>()
    .fusion(TG_FUSION_VIEW);

}  // namespace
}  // namespace tg
