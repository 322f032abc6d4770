#include "ops/shape/pad.hpp"

#include <cstring>

#include "kernels/copy.h"
#include "kernels/elementwise.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  Padding padding = padding_of(c, dims.rank());
  if (!dims.known_rank()) return c.set_output(0, c.dtype(0), Dims::unknown(static_cast<int>(padding.before.size())));
  require_mirror_fits(padding, dims);
  c.set_output(0, c.dtype(0), padded_dims(padding, dims));
}

void constant(MoveContext& c, const Padding& padding) {
  Dims dims = c.dims(0), out = c.output_dims(0);
  size_t element = element_size(c.dtype(0));
  const double value = c.of_strings() ? 0 : c.float_attr("constant_values");  // 0 is the empty string
  char converted[16];
  check_kernel(kernels::cast(kernels::DType::kFloat64, kernel_dtype(c.dtype(0)), &value, converted, 1, c.parallel()));
  check_kernel(kernels::fill(element, converted, c.output_data(0), out.num_elements(), c.parallel()));
  if (dims.num_elements() == 0) return;
  Dims source = dense_strides(dims, element), target = dense_strides(out, element);
  int64_t offset = 0;
  for (int i = 0; i < dims.rank(); ++i) offset += padding.before[i] * target[i];
  check_kernel(kernels::copy_strided(element, c.input_data(0), source.data(), c.output<char>(0) + offset, target.data(),
                                     dims.data(), dims.rank(), c.parallel()));
}

// Visits the elements of a padded tensor: visit(place in it, place that it mirrors).
template <class Visit>
void for_each_mirrored(const Padding& padding, const Dims& inside, const Dims& padded, Visit visit) {
  Dims strides = dense_strides(inside, 1);
  int64_t count = padded.num_elements();
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, at = 0;
    for (int axis = padded.rank() - 1; axis >= 0; --axis) {
      at += mirrored(rest % padded[axis], padding.before[axis], inside[axis], padding.fold) * strides[axis];
      rest /= padded[axis];
    }
    visit(i, at);
  }
}

template <class Element>
void mirror(MoveContext& c, const Padding& padding) {
  const Element* x = c.input<Element>(0);
  Element* y = c.output<Element>(0);
  for_each_mirrored(padding, c.dims(0), c.output_dims(0), [&](int64_t i, int64_t at) { y[i] = x[at]; });
}

void kernel(MoveContext& c) {
  Padding padding = padding_of(c, c.dims(0).rank());
  if (padding.fold < 0) return constant(c, padding);
  require_mirror_fits(padding, c.dims(0));
  switch (element_size(c.dtype(0))) {
    case 1: return mirror<uint8_t>(c, padding);
    case 2: return mirror<uint16_t>(c, padding);
    case 4: return mirror<uint32_t>(c, padding);
    default: return mirror<uint64_t>(c, padding);
  }
}

std::vector<Attr> mirror_attrs(const Context& c) {
  return {{"paddings", c.ints_attr("paddings")}, {"mode", c.string_attr("mode")}};
}

void gradient(GradientContext& c) {
  Tensor g = c.gradient();
  Padding padding = padding_of(c, c.dims(0).rank());
  if (padding.fold >= 0) return c.set_gradient(0, call("pad_grad", {g}, mirror_attrs(c)));
  // The part inside: what was not padded ends where the tensor ends.
  std::vector<int64_t> end, ones;
  int64_t end_mask = 0;
  for (size_t i = 0; i < padding.after.size(); ++i) {
    end.push_back(-padding.after[i]);
    ones.push_back(1);
    if (padding.after[i] == 0) end_mask |= int64_t{1} << i;
  }
  c.set_gradient(0, call("strided_slice", {g},
                         {{"begin", padding.before}, {"end", end}, {"strides", ones}, {"end_mask", end_mask}}));
}

TG_OP("pad(tensor: T, *, paddings: ints, mode: str = 'CONSTANT', constant_values: float = 0.0) -> T")
    .types("T: " TG_ALL " string")
    .summary("Adds elements before and after along each axis.")
    .doc(R"(Args:
  tensor: a tensor; any real dtype, bool or string (which gets empty strings).
  paddings: two entries for each axis: how many elements to add before and after.
  mode: 'CONSTANT' adds `constant_values`; 'REFLECT' mirrors the elements without the edge, 'SYMMETRIC' with it.
  constant_values: the value added, converted to the dtype.

Returns:
  A tensor of the same dtype and rank.

Raises:
  InvalidArgumentError: the mode is unknown or mirrored paddings are longer than the axis (TG-0106), there are not two
    entries for each axis (TG-0105), or one is negative (TG-0109).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}],
           "attributes": {"paddings": [1, 0, 2, 1], "constant_values": 1.5}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}],
           "attributes": {"paddings": [1, 0, 2, 1], "mode": "REFLECT"}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}],
           "attributes": {"paddings": [2, 1, 3, 1], "mode": "SYMMETRIC"}},
          {"inputs": [{"dtype": "float32", "shape": []}], "attributes": {"paddings": []}}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>();

void infer_grad(InferContext& c) {
  Dims dims = c.dims(0);
  Padding padding = padding_of(c, dims.rank());
  if (padding.fold < 0) throw invalid_argument("TG-0106", "mode must be 'REFLECT' or 'SYMMETRIC'", "mode='CONSTANT'");
  if (!dims.known_rank()) return c.set_output(0, c.dtype(0), Dims::unknown(static_cast<int>(padding.before.size())));
  for (int i = 0; i < dims.rank(); ++i) {
    int64_t more = 0, inside = dims[i];
    if (__builtin_add_overflow(padding.before[i], padding.after[i], &more) || (dims[i] >= 0 && (inside -= more) < 0))
      throw invalid_argument("TG-0105", "dy must be as large as its paddings", "dy.shape=" + c.dims(0).str());
    if (dims[i] >= 0) dims[i] = inside;
    else if (more > 0) dims[i] = TG_DIM_UNKNOWN;
  }
  require_mirror_fits(padding, dims);
  c.set_output(0, c.dtype(0), dims);
}

template <class T>
void add_mirrored(KernelContext& c, const Padding& padding) {
  const T* dy = c.input<T>(0);
  T* dx = c.output<T>(0);
  std::memset(dx, 0, static_cast<size_t>(c.output_dims(0).num_elements()) * sizeof(T));
  for_each_mirrored(padding, c.output_dims(0), c.dims(0), [&](int64_t i, int64_t at) { dx[at] += dy[i]; });
}

void grad_kernel(KernelContext& c) {
  Padding padding = padding_of(c, c.dims(0).rank());
  if (c.dtype(0) == TG_FLOAT32) add_mirrored<float>(c, padding);
  else add_mirrored<double>(c, padding);
}

void grad_gradient(GradientContext& c) { c.set_gradient(0, call("pad", {c.gradient()}, mirror_attrs(c))); }

TG_OP("pad_grad(dy: T, *, paddings: ints, mode: str) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Adds mirrored paddings back to the elements that they mirror.")
    .doc(R"(Args:
  dy: the gradient of a padded tensor; a floating-point dtype.
  paddings: as in pad.
  mode: 'REFLECT' or 'SYMMETRIC'.

Returns:
  The gradient of the tensor before padding.

Raises:
  InvalidArgumentError: as pad does, or the paddings exceed the size of `dy` (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 6]}],
           "attributes": {"paddings": [1, 1, 2, 1], "mode": "SYMMETRIC"}}])")
    .infer<infer_grad>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
