#include "ops/common.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  // Without axes, what goes depends on every size.
  if (!dims.known_rank() || (!c.has("axis") && !dims.is_static()))
    return c.set_output(0, c.dtype(0), Dims::unknown_rank());
  std::vector<bool> named = axis_mask(c.ints_attr("axis"), false, dims.rank());
  Dims out;
  for (int i = 0; i < dims.rank(); ++i) {
    if (named[i] && !sizes_compatible(dims[i], 1))
      throw invalid_argument("TG-0105", "an axis to squeeze must have size 1",
                             "input.shape=" + dims.str() + ", axis=" + text_of(i));
    bool goes = c.has("axis") ? named[i] : dims[i] == 1;
    if (!goes) out.push_back(dims[i]);
  }
  c.set_output(0, c.dtype(0), out);
}

void gradient(GradientContext& c) { c.set_gradient(0, call("reshape_like", {c.gradient(), c.input(0)})); }

TG_OP("squeeze(input: any, *, axis: ints?) -> any")
    .names("squeeze")
    .summary("Removes axes of size 1.")
    .doc(R"(The memory is shared.

Args:
  input: a tensor of any dtype.
  axis: the axes to remove, an int or ints. Absent: all axes of size 1.

Returns:
  A tensor with the same elements and fewer dimensions.

Raises:
  InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104), or its size is not 1 (TG-0105).
)")
    .example(R"(>>> tg.squeeze([[[1], [2]]], axis=0)
<tg.Tensor: shape=(2, 1), dtype=int32, numpy=
array([[1],
       [2]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [1, 3, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [1, 3, 1]}], "attributes": {"axis": [-1]}}])")
    .infer<infer>()
    .gradient<gradient>()
    .fusion(TG_FUSION_VIEW);

}  // namespace
}  // namespace tg
