#include <cstring>

#include "kernels/index.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

// Where the axis and the batch axes are, once ranks are known.
struct Place {
  int axis, batch;
};

Place place_of(const Context& c, const Dims& params, const Dims& indices) {
  int64_t batch = c.int_attr("batch_dims");
  if (batch < 0) batch += indices.rank();
  int axis = normalize_axis(c.int_attr("axis"), params.rank());
  if (batch < 0 || batch > axis || batch > indices.rank())
    throw invalid_argument("TG-0104", "batch_dims must be at most axis and the rank of indices",
                           "batch_dims=" + text_of(c.int_attr("batch_dims")) + ", axis=" + text_of(axis) +
                               ", params.shape=" + params.str() + ", indices.shape=" + indices.str());
  for (int i = 0; i < batch; ++i)
    if (!sizes_compatible(params[i], indices[i]))
      throw invalid_argument("TG-0105", "the batch axes must have equal sizes",
                             "params.shape=" + params.str() + ", indices.shape=" + indices.str());
  return {axis, static_cast<int>(batch)};
}

Dims gathered(const Dims& params, const Dims& indices, Place place) {
  Dims out;
  for (int i = 0; i < place.axis; ++i) out.push_back(params[i]);
  for (int i = place.batch; i < indices.rank(); ++i) out.push_back(indices[i]);
  for (int i = place.axis + 1; i < params.rank(); ++i) out.push_back(params[i]);
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
  if (params.known_rank() && indices.known_rank())
    return c.set_output(0, c.dtype(0), gathered(params, indices, place_of(c, params, indices)));
  if (params.known_rank()) normalize_axis(c.int_attr("axis"), params.rank());
  c.set_output(0, c.dtype(0), Dims::unknown_rank());
}

void kernel(MoveContext& c) {
  Dims params = c.dims(0), indices = c.dims(1);
  Place place = place_of(c, params, indices);
  int64_t bad = 0;
  kernels::Status status =
      kernels::gather(element_size(c.dtype(0)), c.input_data(0), product(params, 0, place.batch),
                      product(params, place.batch, place.axis), params[place.axis],
                      product(params, place.axis + 1, params.rank()), kernel_dtype(c.dtype(1)), c.input_data(1),
                      product(indices, place.batch, indices.rank()), c.output_data(0), &bad, c.parallel());
  if (status == kernels::Status::kBadIndex) throw index_error(c, 1, bad, params[place.axis]);
  check_kernel(status, c.dtype(0));
}

std::vector<Attr> same_place(const Context& c) {
  return {{"axis", c.int_attr("axis")}, {"batch_dims", c.int_attr("batch_dims")}};
}

void gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("scatter_add_like", {c.input(0), c.input(1), c.gradient()}, same_place(c)));
}

TG_OP("gather(params: any, indices: int32|int64, *, axis: int = 0, batch_dims: int = 0) -> any")
    .names("gather")
    .summary("Takes the slices along an axis that indices name.")
    .doc(R"(Args:
  params: a tensor of rank 1 or more and any dtype.
  indices: which slices, int32 or int64, of any shape.
  axis: the axis along which they are taken.
  batch_dims: how many leading axes both have in common, at most `axis`; there each row has its own indices.

Returns:
  A tensor of the dtype of `params` and shape
  params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:].

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) or `batch_dims` is too large (TG-0104), the batch axes differ
    (TG-0105), or the rank would exceed 8 (TG-0103).
  OutOfRangeError: an index is outside [0, params.shape[axis]) (TG-0107).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.gather([10, 20, 30], [2, 0])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([30, 10], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [3, 0, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 3]}, {"dtype": "int64", "value": [[1, 0], [2, 2]]}],
           "attributes": {"axis": 1}},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}, {"dtype": "int32", "value": 1}],
           "attributes": {"axis": -1}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "int32", "value": [[3, 0, 3], [1, 1, 2]]}],
           "attributes": {"axis": 2, "batch_dims": 1}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

void require_updates(const Context& c) {
  Dims like = c.dims(0), indices = c.dims(1), updates = c.dims(2);
  if (!like.known_rank() || !indices.known_rank()) return;
  Dims wanted = gathered(like, indices, place_of(c, like, indices));
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
  Dims like = c.dims(0), indices = c.dims(1);
  Place place = place_of(c, like, indices);
  size_t element = element_size(c.dtype(2)), index = element_size(c.dtype(1));
  std::memset(c.output_data(0), 0, static_cast<size_t>(like.num_elements()) * element);
  int64_t batch = product(like, 0, place.batch), outer = product(like, place.batch, place.axis), bad = 0;
  int64_t size = like[place.axis], inner = product(like, place.axis + 1, like.rank());
  int64_t parts = is_complex(c.dtype(2)) ? 2 : 1;  // complex numbers add up part by part
  kernels::DType dtype = kernel_dtype(parts == 1 ? c.dtype(2) : c.dtype(2) == TG_COMPLEX64 ? TG_FLOAT32 : TG_FLOAT64);
  int64_t count = product(indices, place.batch, indices.rank());
  for (int64_t b = 0; b < batch; ++b) {
    kernels::Status status = kernels::scatter_add(
        dtype, c.input<char>(2) + static_cast<size_t>(b * outer * count * inner) * element, outer, size, parts * inner,
        kernel_dtype(c.dtype(1)), c.input<char>(1) + static_cast<size_t>(b * count) * index, count,
        c.output<char>(0) + static_cast<size_t>(b * outer * size * inner) * element, &bad, c.parallel());
    if (status == kernels::Status::kBadIndex) throw index_error(c, 1, b * count + bad, size);
    check_kernel(status, c.dtype(2));
  }
}

void scatter_gradient(GradientContext& c) {
  if (c.needs(2)) c.set_gradient(2, call("gather", {c.gradient(), c.input(1)}, same_place(c)));
}

TG_OP(
    "scatter_add_like(like: any, indices: int32|int64, updates: T, *, axis: int = 0, batch_dims: int = 0) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Adds slices into zeros, at the places along an axis that indices name.")
    .doc(R"(Args:
  like: a tensor of rank 1 or more; only its shape counts.
  indices: the places, int32 or int64, of any shape; places named more than once add up.
  updates: the slices, of the shape that gather gives for `like`, `indices`, `axis` and `batch_dims`.
  axis: the axis along which the slices lie.
  batch_dims: how many leading axes `like` and `indices` have in common.

Returns:
  A tensor of the shape of `like` and the dtype of `updates`.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or the axis is outside [-rank, rank) (TG-0104).
  OutOfRangeError: an index is outside [0, like.shape[axis]) (TG-0107).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [3, 0, 3]},
                      {"dtype": "float32", "shape": [3, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}, {"dtype": "int64", "value": [1, 1]},
                      {"dtype": "float32", "shape": [2, 2]}], "attributes": {"axis": 1}},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}, {"dtype": "int32", "value": [[3, 3], [1, 0]]},
                      {"dtype": "float32", "shape": [2, 2]}], "attributes": {"axis": 1, "batch_dims": 1}}])")
    .infer<infer_scatter>()
    .widened_kernel<scatter>()
    .gradient<scatter_gradient>();

}  // namespace
}  // namespace tg
