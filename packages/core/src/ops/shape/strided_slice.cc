#include "ops/shape/strided_slice.hpp"

#include <cstring>

#include "kernels/copy.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

#define TG_SLICE_ATTRS                                                                                      \
  "begin: ints, end: ints, strides: ints, begin_mask: int = 0, end_mask: int = 0, ellipsis_mask: int = 0, " \
  "new_axis_mask: int = 0, shrink_axis_mask: int = 0"

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims dims = c.dims(0);
  c.set_output(0, c.dtype(0), dims.known_rank() ? resolve_slice(c, dims).out : Dims::unknown_rank());
}

// The places of the slice in a dense tensor: where it starts, and how far one step goes.
struct Window {
  int64_t offset = 0;
  Dims strides;

  Window(const StridedSlice& slice, const Dims& dims, size_t element) : strides(dense_strides(dims, element)) {
    for (int i = 0; i < dims.rank(); ++i) {
      if (slice.counts[i] > 0) offset += slice.begin[i] * strides[i];
      strides[i] = slice.counts[i] > 1 ? strides[i] * slice.stride[i] : 0;
    }
  }
};

void kernel(MoveContext& c) {
  Dims dims = c.dims(0);
  size_t element = element_size(c.dtype(0));
  StridedSlice slice = resolve_slice(c, dims);
  if (slice.out.num_elements() == 0) return;
  Window window(slice, dims, element);
  Dims dense = dense_strides(slice.counts, element);
  check_kernel(kernels::copy_strided(element, c.input<char>(0) + window.offset, window.strides.data(), c.output_data(0),
                                     dense.data(), slice.counts.data(), dims.rank(), c.parallel()));
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("strided_slice_grad", {c.input(0), c.gradient()}, slice_attrs(c)));
}

TG_OP("strided_slice(input: any, *, " TG_SLICE_ATTRS ") -> any")
    .names("strided_slice")
    .summary("Takes a slice with strides along each axis.")
    .doc(
        R"(Entry i of `begin`, `end` and `strides` describes one axis as begin[i]:end[i]:strides[i] does in Python:
        negative
places count from the end, places outside are moved to the nearest end. Bit i of a mask changes what entry i means.

Args:
  input: a tensor of any dtype.
  begin: the first place.
  end: the place after the last one.
  strides: the steps; not 0. A negative one goes backwards.
  begin_mask: bits of entries that start at the very first place.
  end_mask: bits of entries that go on to the very last place.
  ellipsis_mask: the bit of the entry that stands for all axes that no other entry names.
  new_axis_mask: bits of entries that insert an axis of size 1.
  shrink_axis_mask: bits of entries that take one element, begin[i], and drop the axis.

Returns:
  A tensor of the same dtype.

Raises:
  InvalidArgumentError: more axes are named than there are (TG-0103), a stride is 0, or the lengths differ (TG-0106).
  OutOfRangeError: the index of a dropped axis is outside of it (TG-0107).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.strided_slice([1, 2, 3, 4, 5], begin=[1], end=[5], strides=[2])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([2, 4], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 5]}],
           "attributes": {"begin": [1, -1], "end": [3, 0], "strides": [1, -2]}},
          {"inputs": [{"dtype": "float32", "shape": [3, 4, 5]}],
           "attributes": {"begin": [0, 0, 2], "end": [0, 0, 0], "strides": [1, 1, 1], "ellipsis_mask": 1,
                          "new_axis_mask": 2, "shrink_axis_mask": 4}},
          {"inputs": [{"dtype": "float32", "shape": [4, 5]}],
           "attributes": {"begin": [0], "end": [2], "strides": [1], "begin_mask": 1}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

void infer_grad(InferContext& c) {
  element_size(c.dtype(1));
  Dims like = c.dims(0), dy = c.dims(1);
  if (like.known_rank()) {
    Dims wanted = resolve_slice(c, like).out;
    if (!dims_compatible(wanted, dy))
      throw invalid_argument("TG-0105", "dy must have the shape of the slice",
                             "dy.shape=" + dy.str() + ", slice.shape=" + wanted.str());
  }
  c.set_output(0, c.dtype(1), like);
}

void grad_kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  size_t element = element_size(c.dtype(1));
  StridedSlice slice = resolve_slice(c, dims);
  if (slice.out != c.dims(1))
    throw invalid_argument("TG-0105", "dy must have the shape of the slice",
                           "dy.shape=" + c.dims(1).str() + ", slice.shape=" + slice.out.str());
  std::memset(c.output_data(0), 0, static_cast<size_t>(dims.num_elements()) * element);
  if (slice.out.num_elements() == 0) return;
  Window window(slice, dims, element);
  Dims dense = dense_strides(slice.counts, element);
  check_kernel(kernels::copy_strided(element, c.input_data(1), dense.data(), c.output<char>(0) + window.offset,
                                     window.strides.data(), slice.counts.data(), dims.rank(), c.parallel()));
}

void grad_gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("strided_slice", {c.gradient()}, slice_attrs(c)));
}

TG_OP("strided_slice_grad(like: any, dy: any, *, " TG_SLICE_ATTRS ") -> any")
    .summary("Puts a tensor into the places of a slice, among zeros.")
    .doc(R"(Args:
  like: a tensor; only its shape counts.
  dy: a tensor of the shape that strided_slice gives for `like` and the same attributes; any dtype of fixed size.
  begin: as in strided_slice, as are the other attributes.

Returns:
  A tensor of the shape of `like` and the dtype of `dy`.

Raises:
  InvalidArgumentError: the shape of `dy` is not that of the slice (TG-0105), or as strided_slice does.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 5]}, {"dtype": "float32", "shape": [2, 2]}],
           "attributes": {"begin": [1, -1], "end": [3, 0], "strides": [1, -2]}}])")
    .infer<infer_grad>()
    .kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
