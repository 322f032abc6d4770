#include <cstring>

#include "kernels/copy.h"
#include "kernels/reduce.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void require_multiples(const Dims& multiples, const Dims& dims) {
  require_rank(multiples, 1, "multiples");
  if (multiples.known_rank() && dims.known_rank() && !sizes_compatible(multiples[0], dims.rank()))
    throw invalid_argument("TG-0105", "multiples must have one entry for each axis",
                           "multiples.shape=" + multiples.str() + ", input.shape=" + dims.str());
}

Dims tiled_dims(const Dims& dims, const std::vector<int64_t>& multiples) {
  Dims out = dims;
  for (int i = 0; i < dims.rank(); ++i) {
    if (multiples[i] < 0)
      throw invalid_argument("TG-0109", "multiples must not be negative", "multiples=" + text_of(multiples));
    if (dims[i] < 0) {
      out[i] = multiples[i] == 1 ? dims[i] : multiples[i] == 0 ? 0 : TG_DIM_UNKNOWN;
    } else if (__builtin_mul_overflow(dims[i], multiples[i], &out[i])) {
      throw invalid_argument("TG-0109", "a size must fit 63 bits", "multiples=" + text_of(multiples));
    }
  }
  if (out.is_static()) checked_dims(std::vector<int64_t>(out.begin(), out.end()));
  return out;
}

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims dims = c.dims(0);
  require_multiples(c.dims(1), dims);
  auto multiples = c.constant_ints(1);
  if (!dims.known_rank() && multiples) dims = Dims::unknown(static_cast<int>(multiples->size()));
  if (!dims.known_rank()) return c.set_output(0, c.dtype(0), dims);
  c.set_output(0, c.dtype(0), multiples ? tiled_dims(dims, *multiples) : Dims::unknown(dims.rank()));
}

// First the tensor itself, then axis by axis from the last one: what stands along the axis already is repeated.
void kernel(MoveContext& c) {
  Dims dims = c.dims(0);
  size_t element = element_size(c.dtype(0));
  std::vector<int64_t> multiples = c.ints(1);
  Dims out = tiled_dims(dims, multiples);
  c.set_output_type(0, c.dtype(0), out);
  if (out.num_elements() == 0) return;
  char* to = c.output<char>(0);
  Dims source = dense_strides(dims, element), target = dense_strides(out, element);
  check_kernel(kernels::copy_strided(element, c.input_data(0), source.data(), to, target.data(), dims.data(),
                                     dims.rank(), c.parallel()));
  for (int axis = dims.rank() - 1; axis >= 0; --axis) {
    if (multiples[axis] == 1) continue;
    // Bytes that one copy along the axis takes; the rest of the rows before it are walked one by one.
    size_t block = static_cast<size_t>(dims[axis] * target[axis]);
    int64_t rows = product(dims, 0, axis);
    for (int64_t row = 0; row < rows; ++row) {
      int64_t rest = row, offset = 0;
      for (int i = axis - 1; i >= 0; --i) {
        offset += rest % dims[i] * target[i];
        rest /= dims[i];
      }
      char* first = to + offset;
      size_t total = block * static_cast<size_t>(multiples[axis]);
      for (size_t done = block; done < total;) {
        size_t bytes = done < total - done ? done : total - done;
        std::memcpy(first + done, first, bytes);
        done += bytes;
      }
    }
  }
}

void gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("tile_grad", {c.input(0), c.gradient(), c.input(1)}));
}

TG_OP("tile(input: any, multiples: int32|int64) -> any")
    .names("tile")
    .summary("Repeats a tensor along each axis.")
    .doc(R"(Args:
  input: a tensor of any dtype.
  multiples: how often to repeat along each axis, a vector of int32 or int64.

Returns:
  A tensor of the same dtype, with axis i of size input.shape[i] * multiples[i].

Raises:
  InvalidArgumentError: there is not one entry for each axis (TG-0105), one is negative or a size does not fit 63 bits
    (TG-0109).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.tile([[1, 2]], [2, 2])
<tg.Tensor: shape=(2, 4), dtype=int32, numpy=
array([[1, 2, 1, 2],
       [1, 2, 1, 2]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "int32", "value": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "int64", "value": [1, 3, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": []}, {"dtype": "int32", "value": []}]}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

Error grad_size_error(const Dims& like, const Dims& dy) {
  return invalid_argument("TG-0105", "dy must have the shape of the tiled tensor",
                          "dy.shape=" + dy.str() + ", like.shape=" + like.str());
}

void infer_grad(InferContext& c) {
  Dims like = c.dims(0), dy = c.dims(1);
  require_multiples(c.dims(2), like);
  if (like.known_rank() && dy.known_rank() && like.rank() != dy.rank()) throw grad_size_error(like, dy);
  auto multiples = c.constant_ints(2);
  if (like.known_rank() && multiples && !dims_compatible(tiled_dims(like, *multiples), dy))
    throw grad_size_error(like, dy);
  c.set_output(0, c.dtype(1), like);
}

// Axis by axis, from the first one, the repetitions are added up.
void grad_kernel(KernelContext& c) {
  Dims like = c.dims(0), dims = c.dims(1);
  std::vector<int64_t> multiples = c.ints(2);
  if (tiled_dims(like, multiples) != dims) throw grad_size_error(like, dims);
  size_t element = element_size(c.dtype(1));
  if (like.num_elements() == 0) return;
  constexpr kernels::ReduceOp sum = kernels::ReduceOp::kSum;
  kernels::DType dtype = kernel_dtype(c.dtype(1));
  const void* from = c.input_data(1);
  for (int axis = 0; axis < like.rank(); ++axis) {
    if (multiples[axis] == 1) continue;
    int64_t shape[3] = {product(dims, 0, axis), multiples[axis], like[axis] * product(dims, axis + 1, dims.rank())};
    dims[axis] = like[axis];
    void* to = c.scratch(static_cast<size_t>(dims.num_elements()) * element);
    void* workspace = c.scratch(kernels::reduce_workspace_bytes(sum, dtype, shape, 3, 2));
    check_kernel(kernels::reduce(sum, dtype, from, shape, 3, 2, to, c.parallel(), workspace), c.dtype(1));
    from = to;
  }
  std::memcpy(c.output_data(0), from, static_cast<size_t>(like.num_elements()) * element);
}

void grad_gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("tile", {c.gradient(), c.input(2)}));
}

TG_OP("tile_grad(like: any, dy: T, multiples: int32|int64) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Adds up the repetitions of a tiled tensor.")
    .doc(R"(Args:
  like: a tensor of the shape before tiling; only its shape counts.
  dy: a tensor of the tiled shape; a floating-point, integer or complex dtype.
  multiples: as in tile.

Returns:
  A tensor of the shape of `like` and the dtype of `dy`.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or as tile does.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [4, 9]},
                      {"dtype": "int32", "value": [2, 3]}]}])")
    .infer<infer_grad>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
