#include <cstring>

#include "kernels/index.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

Dims gathered(const Dims& params, const Dims& indices, int axis) {
  Dims out;
  for (int i = 0; i < axis; ++i) out.push_back(params[i]);
  for (int64_t size : indices) out.push_back(size);
  for (int i = axis + 1; i < params.rank(); ++i) out.push_back(params[i]);
  return out;
}

Error index_error(const KernelContext& c, size_t input, int64_t position, int64_t size) {
  tg_tensor_desc desc = c.input_desc(input);
  const char* data = static_cast<const char*>(desc.data) + desc.byte_offset;
  int64_t index = desc.dtype == TG_INT64 ? reinterpret_cast<const int64_t*>(data)[position]
                                         : reinterpret_cast<const int32_t*>(data)[position];
  return out_of_range("an index must lie in [0, size)", "indices[" + text_of(position) + "]=" + text_of(index) +
                                                            " (counted row by row), size=" + text_of(size));
}

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims params = c.dims(0), indices = c.dims(1);
  int64_t axis = c.int_attr("axis");
  if (params.known_rank()) axis = normalize_axis(axis, params.rank());
  bool known = params.known_rank() && indices.known_rank();
  c.set_output(0, c.dtype(0), known ? gathered(params, indices, static_cast<int>(axis)) : Dims::unknown_rank());
}

void kernel(MoveContext& c) {
  Dims params = c.dims(0);
  int axis = normalize_axis(c.int_attr("axis"), params.rank());
  int64_t bad = 0;
  kernels::Status status =
      kernels::gather(element_size(c.dtype(0)), c.input_data(0), 1, product(params, 0, axis), params[axis],
                      product(params, axis + 1, params.rank()), kernel_dtype(c.dtype(1)), c.input_data(1),
                      c.num_elements(1), c.output_data(0), &bad, c.parallel());
  if (status == kernels::Status::kBadIndex) throw index_error(c, 1, bad, params[axis]);
  check_kernel(status, c.dtype(0));
}

void gradient(GradientContext& c) {
  if (c.needs(0))
    c.set_gradient(0, call("scatter_add_like", {c.input(0), c.input(1), c.gradient()}, {{"axis", c.int_attr("axis")}}));
}

TG_OP("gather(params: any, indices: int32|int64, *, axis: int = 0) -> any")
    .names("gather")
    .summary("Takes the slices along an axis that indices name.")
    .doc(R"(Args:
  params: a tensor of rank 1 or more and any dtype of fixed size.
  indices: which slices, int32 or int64, of any shape.
  axis: the axis along which they are taken.

Returns:
  A tensor of the dtype of `params` and shape params.shape[:axis] + indices.shape + params.shape[axis + 1:].

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or the rank would exceed 8 (TG-0103).
  OutOfRangeError: an index is outside [0, params.shape[axis]) (TG-0107).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.gather([10, 20, 30], [2, 0])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([30, 10], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [3, 0, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 3]}, {"dtype": "int64", "value": [[1, 0], [2, 2]]}],
           "attributes": {"axis": 1}},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}, {"dtype": "int32", "value": 1}],
           "attributes": {"axis": -1}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

void require_updates(const Context& c) {
  Dims like = c.dims(0), indices = c.dims(1), updates = c.dims(2);
  if (!like.known_rank() || !indices.known_rank()) return;
  Dims wanted = gathered(like, indices, normalize_axis(c.int_attr("axis"), like.rank()));
  if (!dims_compatible(wanted, updates))
    throw invalid_argument("TG-0105", "updates must have the shape that gather gives",
                           "updates.shape=" + updates.str() + ", wanted " + wanted.str());
}

void infer_scatter(InferContext& c) {
  require_updates(c);
  c.set_output(0, c.dtype(2), c.dims(0));
}

void scatter(KernelContext& c) {
  require_updates(c);
  Dims like = c.dims(0);
  int axis = normalize_axis(c.int_attr("axis"), like.rank());
  std::memset(c.output_data(0), 0, static_cast<size_t>(like.num_elements()) * element_size(c.dtype(2)));
  int64_t bad = 0, parts = is_complex(c.dtype(2)) ? 2 : 1;  // complex numbers add up part by part
  kernels::DType dtype = kernel_dtype(parts == 1 ? c.dtype(2) : c.dtype(2) == TG_COMPLEX64 ? TG_FLOAT32 : TG_FLOAT64);
  kernels::Status status =
      kernels::scatter_add(dtype, c.input_data(2), product(like, 0, axis), like[axis],
                           parts * product(like, axis + 1, like.rank()), kernel_dtype(c.dtype(1)), c.input_data(1),
                           c.num_elements(1), c.output_data(0), &bad, c.parallel());
  if (status == kernels::Status::kBadIndex) throw index_error(c, 1, bad, like[axis]);
  check_kernel(status, c.dtype(2));
}

void scatter_gradient(GradientContext& c) {
  if (c.needs(2)) c.set_gradient(2, call("gather", {c.gradient(), c.input(1)}, {{"axis", c.int_attr("axis")}}));
}

TG_OP("scatter_add_like(like: any, indices: int32|int64, updates: T, *, axis: int = 0) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Adds slices into zeros, at the places along an axis that indices name.")
    .doc(R"(Args:
  like: a tensor of rank 1 or more; only its shape counts.
  indices: the places, int32 or int64, of any shape; places named more than once add up.
  updates: the slices, of the shape that gather gives for `like`, `indices` and `axis`.
  axis: the axis along which the slices lie.

Returns:
  A tensor of the shape of `like` and the dtype of `updates`.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or the axis is outside [-rank, rank) (TG-0104).
  OutOfRangeError: an index is outside [0, like.shape[axis]) (TG-0107).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [3, 0, 3]},
                      {"dtype": "float32", "shape": [3, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}, {"dtype": "int64", "value": [1, 1]},
                      {"dtype": "float32", "shape": [2, 2]}], "attributes": {"axis": 1}}])")
    .infer<infer_scatter>()
    .widened_kernel<scatter>()
    .gradient<scatter_gradient>();

}  // namespace
}  // namespace tg
