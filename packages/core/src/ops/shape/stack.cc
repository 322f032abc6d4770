#include "ops/common.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  if (c.num_inputs() == 0) throw invalid_argument("TG-0110", "stack needs at least one tensor", "values=[]");
  std::vector<Tensor> values;
  for (size_t i = 0; i < c.num_inputs(); ++i) {
    if (!dims_compatible(c.dims(0), c.dims(i)))
      throw invalid_argument(
          "TG-0105", "values must have equal shapes",
          "values[0].shape=" + c.dims(0).str() + ", values[" + std::to_string(i) + "].shape=" + c.dims(i).str());
    values.push_back(call("expand_dims", {c.input(i)}, {{"axis", c.int_attr("axis")}}));
  }
  c.set_output(0, call("concat", values, {{"axis", c.int_attr("axis")}}));
}

TG_OP("stack(values: [T], *, axis: int = 0) -> T")
    .types("T: " TG_ALL " string")
    .names("stack")
    .summary("Joins tensors along a new axis.")
    .doc(R"(Args:
  values: a list of tensors of one dtype and shape.
  axis: where the new axis is in the result, in [-rank - 1, rank].

Returns:
  A tensor of the same dtype with one more dimension, whose size is the number of tensors.

Raises:
  InvalidArgumentError: the list is empty (TG-0110), the axis is outside its range (TG-0104), or the shapes differ
    (TG-0105).
)")
    .example(R"(>>> tg.stack([[1, 2], [3, 4]], axis=1)
<tg.Tensor: shape=(2, 2), dtype=int32, numpy=
array([[1, 3],
       [2, 4]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": []}, {"dtype": "float32", "shape": []}],
           "attributes": {"axis": -1}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
