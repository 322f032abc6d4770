#include "ops/index/index.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  element_size(c.dtype(0));
  require_selected(coordinates(c.dims(0), c.dims(1), 0), c.dims(2));
  c.set_output(0, c.dtype(0), c.dims(0));
}

template <kernels::ScatterOp op>
void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  Coordinates at = coordinates(dims, c.dims(1), 0);
  require_selected(at, c.dims(2));
  const int64_t* rows = named_rows(c, 1, at, dims);
  void* out = c.output_data(0);
  size_t bytes = static_cast<size_t>(dims.num_elements()) * element_size(c.dtype(0));
  if (out != c.input_data(0) && bytes > 0) std::memcpy(out, c.input_data(0), bytes);
  check_kernel(kernels::scatter_rows(op, kernel_dtype(c.dtype(0)), c.input_data(2), rows, at.count(), at.rows(dims),
                                     at.inner(), out, c.parallel()),
               c.dtype(0));
}

void update_gradient(GradientContext& c) {
  Tensor g = c.gradient(), indices = c.input(1);
  if (c.needs(0))
    c.set_gradient(0, call("tensor_scatter_nd_update", {g, indices, call("zeros_like", {c.input(2)})}));
  if (c.needs(2)) c.set_gradient(2, call("gather_nd", {g, indices}));
}

void add_gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, c.gradient());
  if (c.needs(2)) c.set_gradient(2, call("gather_nd", {c.gradient(), c.input(1)}));
}

void sub_gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, c.gradient());
  if (c.needs(2)) c.set_gradient(2, -call("gather_nd", {c.gradient(), c.input(1)}));
}

// The gradient of an element of the result is shared by all candidates that equal it.
void extreme_gradient(GradientContext& c) {
  Tensor x = c.input(0), indices = c.input(1), updates = c.input(2), y = c.output();
  Tensor chosen = call("equal", {x, y});
  Tensor chosen_updates = call("equal", {updates, call("gather_nd", {y, indices})});
  Attr as_x = Attr::dtype("dtype", x.dtype());
  Tensor candidates = call("tensor_scatter_nd_add",
                           {call("cast", {chosen}, {as_x}), indices, call("cast", {chosen_updates}, {as_x})});
  Tensor one = scalar_like(x, 1.0), zero = scalar_like(x, 0.0);
  Tensor share = c.gradient() / call("maximum", {candidates, one});
  if (c.needs(0)) c.set_gradient(0, call("select", {chosen, share, zero}));
  if (c.needs(2))
    c.set_gradient(2, call("select", {chosen_updates, call("gather_nd", {share, indices}), zero}));
}

TG_OP("tensor_scatter_nd_update(tensor: T, indices: int32|int64, updates: T) -> T")
    .types("T: " TG_ALL)
    .names("tensor_scatter_nd_update")
    .summary("Puts elements or slices into a copy of a tensor, at the places that rows of coordinates name.")
    .doc(R"(Where a place is named more than once the last update stays.

Args:
  tensor: a tensor of any dtype of fixed size.
  indices: int32 or int64; its last axis holds coordinates, for the first axes of `tensor`.
  updates: a tensor of the same dtype and of shape indices.shape[:-1] + tensor.shape[indices.shape[-1]:].

Returns:
  A tensor of the shape and dtype of `tensor`; `tensor` itself does not change.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.tensor_scatter_nd_update([1, 2, 3], [[0], [2]], [10, 30])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([10,  2, 30], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3], [0]]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int64", "value": [[[3, 1]], [[0, 0]]]},
                      {"dtype": "float32", "shape": [2, 1]}]}])")
    .infer<infer>()
    .kernel<kernel<kernels::ScatterOp::kAssign>>()
    .gradient<update_gradient>()
    .in_place(0);

TG_OP("tensor_scatter_nd_add(tensor: T, indices: int32|int64, updates: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("tensor_scatter_nd_add")
    .summary("Adds elements or slices to a copy of a tensor, at the places that rows of coordinates name.")
    .doc(R"(Args:
  tensor: a tensor; of a real dtype.
  indices: int32 or int64; its last axis holds coordinates, for the first axes of `tensor`.
  updates: a tensor of the same dtype and of shape indices.shape[:-1] + tensor.shape[indices.shape[-1]:].

Returns:
  A tensor of the shape and dtype of `tensor`; `tensor` itself does not change.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.tensor_scatter_nd_add([1, 2, 3], [[0], [0]], [10, 30])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([41,  2,  3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3], [0]]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int64", "value": [[[3, 1]], [[0, 0]]]},
                      {"dtype": "float32", "shape": [2, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<kernels::ScatterOp::kAdd>>()
    .gradient<add_gradient>()
    .in_place(0);

TG_OP("tensor_scatter_nd_sub(tensor: T, indices: int32|int64, updates: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("tensor_scatter_nd_sub")
    .summary("Subtracts elements or slices from a copy of a tensor, at the places that rows of coordinates name.")
    .doc(R"(Args:
  tensor: a tensor; of a real dtype.
  indices: int32 or int64; its last axis holds coordinates, for the first axes of `tensor`.
  updates: a tensor of the same dtype and of shape indices.shape[:-1] + tensor.shape[indices.shape[-1]:].

Returns:
  A tensor of the shape and dtype of `tensor`; `tensor` itself does not change.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.tensor_scatter_nd_sub([1, 2, 3], [[0], [0]], [10, 30])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([-39,   2,   3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3], [0]]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int64", "value": [[[3, 1]], [[0, 0]]]},
                      {"dtype": "float32", "shape": [2, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<kernels::ScatterOp::kSub>>()
    .gradient<sub_gradient>()
    .in_place(0);

TG_OP("tensor_scatter_nd_max(tensor: T, indices: int32|int64, updates: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("tensor_scatter_nd_max")
    .summary("Takes the greater of a tensor and of elements or slices, at the places that rows of coordinates name.")
    .doc(R"(Equal candidates share the gradient.

Args:
  tensor: a tensor; of a real dtype.
  indices: int32 or int64; its last axis holds coordinates, for the first axes of `tensor`.
  updates: a tensor of the same dtype and of shape indices.shape[:-1] + tensor.shape[indices.shape[-1]:].

Returns:
  A tensor of the shape and dtype of `tensor`; `tensor` itself does not change.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.tensor_scatter_nd_max([1, 2, 3], [[0], [2]], [10, 0])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([10,  2,  3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3], [0]]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int64", "value": [[[3, 1]], [[0, 0]]]},
                      {"dtype": "float32", "shape": [2, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<kernels::ScatterOp::kMax>>()
    .gradient<extreme_gradient>()
    .in_place(0);

TG_OP("tensor_scatter_nd_min(tensor: T, indices: int32|int64, updates: T) -> T")
    .types("T: " TG_ALL_REALS)
    .names("tensor_scatter_nd_min")
    .summary("Takes the lesser of a tensor and of elements or slices, at the places that rows of coordinates name.")
    .doc(R"(Equal candidates share the gradient.

Args:
  tensor: a tensor; of a real dtype.
  indices: int32 or int64; its last axis holds coordinates, for the first axes of `tensor`.
  updates: a tensor of the same dtype and of shape indices.shape[:-1] + tensor.shape[indices.shape[-1]:].

Returns:
  A tensor of the shape and dtype of `tensor`; `tensor` itself does not change.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0103, TG-0105).
  OutOfRangeError: an index is outside of its axis (TG-0107).
)")
    .example(R"(>>> tg.tensor_scatter_nd_min([1, 2, 3], [[0], [2]], [10, 0])
<tg.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int32", "value": [[3], [0]]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 3]}, {"dtype": "int64", "value": [[[3, 1]], [[0, 0]]]},
                      {"dtype": "float32", "shape": [2, 1]}]}])")
    .infer<infer>()
    .widened_kernel<kernel<kernels::ScatterOp::kMin>>()
    .gradient<extreme_gradient>()
    .in_place(0);

}  // namespace
}  // namespace tg
