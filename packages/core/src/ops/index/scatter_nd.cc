#include "ops/index/index.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = dims_of_shape_input(c, 2, "shape");
  require_selected(coordinates(dims, c.dims(0), 0), c.dims(1));
  c.set_output(0, c.dtype(1), dims);
}

void kernel(KernelContext& c) {
  Dims dims = checked_dims(c.ints(2));
  Coordinates at = coordinates(dims, c.dims(0), 0);
  require_selected(at, c.dims(1));
  const int64_t* rows = named_rows(c, 0, at, dims);
  c.set_output_type(0, c.dtype(1), dims);
  std::memset(c.output_data(0), 0, static_cast<size_t>(dims.num_elements()) * element_size(c.dtype(1)));
  check_kernel(kernels::scatter_rows(kernels::ScatterOp::kAdd, kernel_dtype(c.dtype(1)), c.input_data(1), rows,
                                     at.count(), at.rows(dims), at.inner(), c.output_data(0), c.parallel()),
               c.dtype(1));
}

void gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("gather_nd", {c.gradient(), c.input(0)}));
}

TG_OP("scatter_nd(indices: int32|int64, updates: T, shape: int32|int64) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("scatter_nd")
    .summary("Adds elements or slices into zeros, at the places that rows of coordinates name.")
    .doc(R"(Args:
  indices: int32 or int64; its last axis holds coordinates, for the first axes of the result.
  updates: a tensor of shape indices.shape[:-1] + shape[indices.shape[-1]:]; of a real dtype.
  shape: the shape of the result, a vector of int32 or int64.

Returns:
  A tensor of this shape and the dtype of `updates`. Places named more than once add up, in order.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105), or a size is negative (TG-0109).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.scatter_nd([[3], [1], [3]], [1, 2, 10], [4])
<tg.Tensor: shape=(4,), dtype=int32, numpy=array([ 0,  2,  0, 11], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [[3], [0], [3]]}, {"dtype": "float32", "shape": [3, 2]},
                      {"dtype": "int32", "value": [4, 2]}]},
          {"inputs": [{"dtype": "int64", "value": [[3, 1], [0, 0]]}, {"dtype": "float32", "shape": [2]},
                      {"dtype": "int64", "value": [4, 2]}]}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
