#include <cstring>

#include "kernels/copy.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void require_vector(const Dims& dims, const char* name, const Dims& input) {
  require_rank(dims, 1, name);
  if (input.known_rank() && dims.known_rank() && !sizes_compatible(dims[0], input.rank()))
    throw invalid_argument("TG-0105", std::string(name) + " must have one entry for each axis of input_",
                           std::string(name) + ".shape=" + dims.str() + ", input_.shape=" + input.str());
}

// The sizes taken of dims, from known places.
Dims window(const Dims& dims, const std::vector<int64_t>& begin, const std::vector<int64_t>& size) {
  Dims out = dims;
  for (int i = 0; i < dims.rank(); ++i) {
    out[i] = size[i] == -1 ? dims[i] - begin[i] : size[i];
    if (begin[i] < 0 || begin[i] > dims[i] || size[i] < -1 || out[i] > dims[i] - begin[i])
      throw out_of_range("a slice must lie within the tensor",
                         "input_.shape=" + dims.str() + ", begin=" + text_of(begin) + ", size=" + text_of(size));
  }
  return out;
}

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims dims = c.dims(0);
  require_vector(c.dims(1), "begin", dims);
  require_vector(c.dims(2), "size", dims);
  auto begin = c.constant_ints(1), size = c.constant_ints(2);
  if (dims.is_static() && begin && size) return c.set_output(0, c.dtype(0), window(dims, *begin, *size));
  if (!size) return c.set_output(0, c.dtype(0), dims.known_rank() ? Dims::unknown(dims.rank()) : dims);
  Dims out = checked_dims(*size, true);
  for (int i = 0; i < out.rank(); ++i)
    if (out[i] < 0 && dims.known_rank() && begin && (*begin)[i] == 0) out[i] = dims[i];
  c.set_output(0, c.dtype(0), out);
}

// Byte offset of the first element taken.
int64_t offset_of(const Dims& strides, const std::vector<int64_t>& begin) {
  int64_t offset = 0;
  for (int i = 0; i < strides.rank(); ++i) offset += begin[i] * strides[i];
  return offset;
}

void kernel(MoveContext& c) {
  Dims dims = c.dims(0);
  size_t element = element_size(c.dtype(0));
  std::vector<int64_t> begin = c.ints(1);
  Dims out = window(dims, begin, c.ints(2));
  c.set_output_type(0, c.dtype(0), out);
  if (out.num_elements() == 0) return;
  Dims source = dense_strides(dims, element), target = dense_strides(out, element);
  check_kernel(kernels::copy_strided(element, c.input<char>(0) + offset_of(source, begin), source.data(),
                                     c.output_data(0), target.data(), out.data(), out.rank(), c.parallel()));
}

void gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("slice_grad", {c.input(0), c.input(1), c.gradient()}));
}

TG_OP("slice(input_: any, begin: int32|int64, size: int32|int64) -> any")
    .names("slice")
    .summary("Takes a box out of a tensor.")
    .doc(R"(Args:
  input_: a tensor of any dtype.
  begin: the first place along each axis, a vector of int32 or int64.
  size: how many elements to take along each axis; -1 for all that follow.

Returns:
  A tensor of the same dtype and rank.

Raises:
  InvalidArgumentError: `begin` or `size` has not one entry for each axis (TG-0105, TG-0103).
  OutOfRangeError: the box does not lie within the tensor (TG-0107).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.slice([1, 2, 3, 4], [1], [2])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "int32", "value": [1, 0]},
                      {"dtype": "int32", "value": [2, -1]}]},
          {"inputs": [{"dtype": "float32", "shape": []}, {"dtype": "int64", "value": []},
                      {"dtype": "int64", "value": []}]}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

void infer_grad(InferContext& c) {
  element_size(c.dtype(2));
  require_vector(c.dims(1), "begin", c.dims(0));
  Dims like = c.dims(0), dy = c.dims(2);
  if (like.known_rank()) require_rank(dy, like.rank(), "dy");
  if (auto begin = c.constant_ints(1); begin && like.is_static() && dy.is_static())
    window(like, *begin, std::vector<int64_t>(dy.begin(), dy.end()));
  c.set_output(0, c.dtype(2), like);
}

void grad_kernel(KernelContext& c) {
  Dims dims = c.dims(0), part = c.dims(2);
  size_t element = element_size(c.dtype(2));
  std::vector<int64_t> begin = c.ints(1);
  window(dims, begin, std::vector<int64_t>(part.begin(), part.end()));
  std::memset(c.output_data(0), 0, static_cast<size_t>(dims.num_elements()) * element);
  if (part.num_elements() == 0) return;
  Dims source = dense_strides(part, element), target = dense_strides(dims, element);
  check_kernel(kernels::copy_strided(element, c.input_data(2), source.data(),
                                     c.output<char>(0) + offset_of(target, begin), target.data(), part.data(),
                                     part.rank(), c.parallel()));
}

void grad_gradient(GradientContext& c) {
  if (!c.needs(2)) return;
  Tensor size = call("shape", {c.input(2)}, {Attr::dtype("out_type", c.dtype(1))});
  c.set_gradient(2, call("slice", {c.gradient(), c.input(1), size}));
}

TG_OP("slice_grad(like: any, begin: int32|int64, dy: any) -> any")
    .summary("Puts a tensor as a box into zeros.")
    .doc(R"(Args:
  like: a tensor; only its shape counts.
  begin: the first place along each axis, a vector of int32 or int64.
  dy: the box, of the rank of `like`; any dtype of fixed size.

Returns:
  A tensor of the shape of `like` and the dtype of `dy`.

Raises:
  InvalidArgumentError: the ranks do not fit (TG-0103, TG-0105).
  OutOfRangeError: the box does not lie within the shape (TG-0107).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "int32", "value": [1, 0]},
                      {"dtype": "float32", "shape": [2, 3]}]}])")
    .infer<infer_grad>()
    .kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
