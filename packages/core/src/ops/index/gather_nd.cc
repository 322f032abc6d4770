#include "ops/index/index.hpp"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

Coordinates coordinates_of(const Context& c) { return coordinates(c.dims(0), c.dims(1), c.int_attr("batch_dims")); }

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  c.set_output(0, c.dtype(0), coordinates_of(c).selected());
}

void kernel(MoveContext& c) {
  Dims params = c.dims(0);
  Coordinates at = coordinates_of(c);
  const int64_t* rows = named_rows(c, 1, at, params);
  int64_t count = at.batch(params) * at.count();
  c.set_output_type(0, c.dtype(0), at.selected());
  kernels::gather_rows(c.input_data(0), at.inner() * static_cast<int64_t>(element_size(c.dtype(0))), rows, count,
                       c.output_data(0), c.parallel());
}

void gradient(GradientContext& c) {
  if (c.needs(0))
    c.set_gradient(0, call("scatter_nd_like", {c.input(0), c.input(1), c.gradient()},
                           {{"batch_dims", c.int_attr("batch_dims")}}));
}

TG_OP("gather_nd(params: any, indices: int32|int64, *, batch_dims: int = 0) -> any")
    .names("gather_nd")
    .summary("Takes the elements or slices that rows of coordinates name.")
    .doc(R"(Args:
  params: a tensor of any dtype.
  indices: int32 or int64; its last axis holds coordinates, for the axes of `params` after the batch axes.
  batch_dims: how many leading axes both have in common.

Returns:
  A tensor of the dtype of `params` and shape indices.shape[:-1] + params.shape[batch_dims + indices.shape[-1]:].

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or `batch_dims` is too large (TG-0106).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3, 0], [0, 2]]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 3]}, {"dtype": "int64", "value": [[1], [0], [1]]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4, 3]}, {"dtype": "int32", "value": [[[3], [0]], [[2], [2]]]}],
           "attributes": {"batch_dims": 1}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

void infer_like(InferContext& c) {
  require_selected(coordinates_of(c), c.dims(2));
  c.set_output(0, c.dtype(2), c.dims(0));
}

void kernel_like(KernelContext& c) {
  Dims like = c.dims(0);
  Coordinates at = coordinates_of(c);
  require_selected(at, c.dims(2));
  const int64_t* rows = named_rows(c, 1, at, like);
  std::memset(c.output_data(0), 0, static_cast<size_t>(like.num_elements()) * element_size(c.dtype(2)));
  check_kernel(kernels::scatter_rows(kernels::ScatterOp::kAdd, kernel_dtype(c.dtype(2)), c.input_data(2), rows,
                                     at.batch(like) * at.count(), at.rows(like), at.inner(), c.output_data(0),
                                     c.parallel()),
               c.dtype(2));
}

void gradient_like(GradientContext& c) {
  if (c.needs(2))
    c.set_gradient(2, call("gather_nd", {c.gradient(), c.input(1)}, {{"batch_dims", c.int_attr("batch_dims")}}));
}

TG_OP("scatter_nd_like(like: any, indices: int32|int64, updates: T, *, batch_dims: int = 0) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Adds elements or slices into zeros, at the places that rows of coordinates name.")
    .doc(R"(Args:
  like: a tensor; only its shape counts.
  indices: int32 or int64; its last axis holds coordinates, for the axes of `like` after the batch axes.
  updates: of the shape that gather_nd gives for `like` and `indices`.
  batch_dims: how many leading axes both have in common.

Returns:
  A tensor of the shape of `like` and the dtype of `updates`.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or `batch_dims` is too large (TG-0106).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3, 0], [3, 0]]},
                      {"dtype": "float32", "shape": [2]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}, {"dtype": "int64", "value": [[[1], [0]], [[2], [2]]]},
                      {"dtype": "float32", "shape": [2, 2]}], "attributes": {"batch_dims": 1}}])")
    .infer<infer_like>()
    .widened_kernel<kernel_like>()
    .gradient<gradient_like>();

}  // namespace
}  // namespace tg
