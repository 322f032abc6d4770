#include "kernels/copy.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims dims = c.dims(0);
  if (dims.known_rank()) axis_mask(c.ints_attr("axis"), false, dims.rank());
  c.set_output(0, c.dtype(0), dims);
}

void kernel(MoveContext& c) {
  Dims dims = c.dims(0);
  if (dims.num_elements() == 0) return;
  size_t element = element_size(c.dtype(0));
  std::vector<bool> reversed = axis_mask(c.ints_attr("axis"), false, dims.rank());
  Dims target = dense_strides(dims, element), source = target;
  const char* from = c.input<char>(0);
  for (int i = 0; i < dims.rank(); ++i) {
    if (!reversed[i]) continue;
    from += (dims[i] - 1) * source[i];
    source[i] = -source[i];
  }
  check_kernel(kernels::copy_strided(element, from, source.data(), c.output_data(0), target.data(), dims.data(),
                                     dims.rank(), c.parallel()));
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("reverse", {c.gradient()}, {{"axis", c.ints_attr("axis")}}));
}

TG_OP("reverse(tensor: any, *, axis: ints) -> any")
    .names("reverse")
    .summary("Reverses the order of the elements along axes.")
    .doc(R"(Args:
  tensor: a tensor of any dtype.
  axis: the axes to reverse, an int or ints.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: an axis is outside [-rank, rank) or named twice (TG-0104).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.reverse([1, 2, 3], axis=[0])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([3, 2, 1], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": [0, -1]}},
          {"inputs": [{"dtype": "float32", "shape": [2]}], "attributes": {"axis": []}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
