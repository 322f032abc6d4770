// Arrays of tensors of one shape, kept as one tensor: what loops write to and read from one element at a time. An
// element is written in place where nobody else sees the array. An array of shape (n, 0) has elements of a shape that
// the
// first writing decides; what is not written is zeros.
#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "kernels/elementwise.h"
#include "runtime/control.h"
#include "runtime/kernel_call.h"
#include "tensegra/op.hpp"

namespace tg {
namespace {

bool is_open(const Dims& dims) { return dims.rank() == 2 && dims[1] == 0; }

Dims element_dims(const Dims& array) {
  if (!array.known_rank()) return Dims::unknown_rank();
  Dims dims = Dims::unknown(array.rank() - 1);
  for (int k = 1; k < array.rank(); ++k) dims[k - 1] = array[k];
  return dims;
}

Dims array_of(int64_t size, const Dims& element) {
  Dims dims = Dims::unknown(element.rank() + 1);
  dims[0] = size;
  for (int k = 0; k < element.rank(); ++k) dims[k + 1] = element[k];
  return dims;
}

void require_fixed_size(const InferContext& c) {
  if (api().dtype->size(c.dtype(0)) == 0)
    throw Error(TG_UNIMPLEMENTED, "TG-0121",
                std::string("this op moves elements of fixed size only. Received: dtype=") + dtype_name(c.dtype(0)));
}

void require_first_axis(const InferContext& c) {
  require_fixed_size(c);
  Dims dims = c.dims(0);
  if (dims.known_rank() && dims.rank() == 0)
    throw invalid_argument("TG-0103", "an array has at least one dimension", "x.shape=" + dims.str());
}

void require_array(const InferContext& c) {
  require_first_axis(c);
  require_rank(c.dims(1), 0, "index");
}

void infer_read(InferContext& c) {
  require_array(c);
  c.set_output(0, c.dtype(0), element_dims(c.dims(0)));
}

void infer_write(InferContext& c) {
  require_array(c);
  Dims array = c.dims(0), value = c.dims(2);
  if (value.known_rank() && value.rank() >= TG_MAX_RANK)
    throw invalid_argument("TG-0103", "a tensor has at most 8 dimensions", "value.shape=" + value.str());
  if (!value.known_rank()) return c.set_output(0, c.dtype(0), is_open(array) ? Dims::unknown_rank() : array);
  if (is_open(array)) return c.set_output(0, c.dtype(0), array_of(array[0], value));
  // It may turn out to be open, which only its own sizes tell.
  if (!array.known_rank() || (array.rank() == 2 && array[1] < 0))
    return c.set_output(0, c.dtype(0), array_of(array.known_rank() ? array[0] : TG_DIM_UNKNOWN, value));
  if (!dims_compatible(element_dims(array), value))
    throw invalid_argument("TG-0105", "the elements of an array have one shape",
                           "value.shape=" + value.str() + ", those of the array " + element_dims(array).str());
  c.set_output(0, c.dtype(0), array);
}

int64_t checked_index(KernelContext& c, int64_t size) {
  int64_t index = c.dtype(1) == TG_INT64 ? *c.input<int64_t>(1) : *c.input<int32_t>(1);
  if (index < 0 || index >= size)
    throw Error(TG_OUT_OF_RANGE, "TG-0107",
                "an index must point into the array. Received: index=" + std::to_string(index) + ", size=" +
                    std::to_string(size));
  return index;
}

void read(KernelContext& c) {
  Dims array = c.dims(0), element = element_dims(array);
  int64_t index = checked_index(c, array[0]);
  size_t bytes = dense_bytes(c.dtype(0), element.num_elements());
  c.set_output_type(0, c.dtype(0), element);
  if (bytes) std::memcpy(c.output_data(0), static_cast<const char*>(c.input_data(0))
      + static_cast<size_t>(index) * bytes, bytes);
}

// The array that is written to: the given one, or a copy of it.
TensorRef writable(KernelContext& c) {
  KernelCall* call = static_cast<KernelCall*>(handle_of(c));
  Dims array = c.dims(0), value = c.dims(2);
  if (is_open(array) && value.num_elements() > 0 && array_of(array[0], value) != array) {
    Dims dims = array_of(array[0], value);
    checked_count(dims);
    TensorRef made = new_tensor(c.dtype(0), dims);
    if (size_t bytes = tensor_bytes(*made)) std::memset(made->data(), 0, bytes);
    return made;
  }
  if (element_dims(array) != value && !is_open(array))
    throw invalid_argument("TG-0105", "the elements of an array have one shape",
                           "value.shape=" + value.str() + ", those of the array " + element_dims(array).str());
  if (call->may_overwrite(0)) return std::move(call->input_slot(0).tensor);
  return new_tensor_copy(c.dtype(0), array, c.input_data(0), dense_bytes(c.dtype(0), array.num_elements()));
}

void write(KernelContext& c) {
  int64_t index = checked_index(c, c.dims(0)[0]);
  TensorRef array = writable(c);
  size_t bytes = dense_bytes(c.dtype(2), c.dims(2).num_elements());
  if (bytes) std::memcpy(array->data() + static_cast<size_t>(index) * bytes, c.input_data(2), bytes);
  handle_of(c)->set_output_tensor(0, array.get());
}

void add(KernelContext& c) {
  int64_t index = checked_index(c, c.dims(0)[0]);
  TensorRef array = writable(c);
  int64_t count = c.dims(2).num_elements();
  char* place = array->data() + static_cast<size_t>(index) * dense_bytes(c.dtype(2), count);
  kernels::Status status = kernels::binary(kernels::BinaryOp::kAdd, static_cast<kernels::DType>(c.dtype(2)), place,
                                           c.input_data(2), place, kernels::make_same_shape_plan(count), c.parallel());
  if (status != kernels::Status::kOk)
    throw Error(TG_UNIMPLEMENTED, "TG-0121", std::string("this op has no kernel for the dtype. Received: dtype=") +
                                                 dtype_name(c.dtype(2)));
  handle_of(c)->set_output_tensor(0, array.get());
}

void gradient_of_read(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("array_add", {call("zeros_like", {c.input(0)}), c.input(1), c.gradient()}));
}

void gradient_of_write(GradientContext& c) {
  // The element is read first: after that the array may be written in place.
  Tensor gradient = c.gradient();
  Tensor element = call("array_read", {gradient, c.input(1)});
  if (c.needs(2)) c.set_gradient(2, element);
  if (c.needs(0)) c.set_gradient(0, call("array_write", {gradient, c.input(1), call("zeros_like", {element})}));
}

void gradient_of_add(GradientContext& c) {
  Tensor gradient = c.gradient();
  if (c.needs(2)) c.set_gradient(2, call("array_read", {gradient, c.input(1)}));
  if (c.needs(0)) c.set_gradient(0, gradient);
}

// More room, where it is needed: as much again, so that writing one after the other takes linear time.
void infer_reserve(InferContext& c) {
  require_array(c);
  Dims dims = c.dims(0);
  if (dims.known_rank()) dims[0] = TG_DIM_UNKNOWN;
  c.set_output(0, c.dtype(0), dims);
}

bool attr_exact(const KernelContext& c) { return c.bool_attr("exact"); }

void reserve(KernelContext& c) {
  KernelCall* call = static_cast<KernelCall*>(handle_of(c));
  Dims dims = c.dims(0);
  int64_t wanted = c.dtype(1) == TG_INT64 ? *c.input<int64_t>(1) : *c.input<int32_t>(1);
  if (wanted <= dims[0]) {
    TensorRef array = call->may_overwrite(0) ? std::move(call->input_slot(0).tensor) : handle_of(c)->input_tensor(0);
    handle_of(c)->set_output_tensor(0, array.get());
    return;
  }
  size_t old = dense_bytes(c.dtype(0), dims.num_elements());
  if (wanted > (int64_t{1} << 40)) throw invalid_argument("TG-0109", "an array has at most 2^40 elements", "size="
      + std::to_string(wanted));
  dims[0] = attr_exact(c) ? wanted : std::max(wanted, 2 * dims[0]);
  checked_count(dims);
  TensorRef larger = new_tensor(c.dtype(0), dims);
  size_t bytes = tensor_bytes(*larger);
  if (old) std::memcpy(larger->data(), c.input_data(0), old);
  if (bytes > old) std::memset(larger->data() + old, 0, bytes - old);
  handle_of(c)->set_output_tensor(0, larger.get());
}

// Inside of loops the gradient of a larger array does for a smaller one: what was added to it comes from nowhere.
// array_open, at the way in, cuts it to size.
void gradient_of_reserve(GradientContext& c) {
  Tensor gradient = c.gradient();
  if (c.bool_attr("exact"))
    gradient = call("array_first", {gradient, call("shape", {c.input(0)}, {Attr::dtype("out_type", TG_INT64)})});
  c.set_gradient(0, gradient);
}

void infer_open(InferContext& c) { c.set_output(0, c.dtype(0), c.dims(0)); }

void gradient_of_open(GradientContext& c) {
  c.set_gradient(0, call("array_first", {c.gradient(), call("shape", {c.input(0)}, {Attr::dtype("out_type",
      TG_INT64)})}));
}

// The first shape[0] elements.
void infer_first(InferContext& c) {
  require_first_axis(c);
  if (c.dims(1).is_static() && c.dims(1).num_elements() < 1)
    throw invalid_argument("TG-0105", "shape must have a first number", "shape.shape=" + c.dims(1).str());
  Dims dims = c.dims(0);
  if (dims.known_rank()) {
    auto sizes = c.constant_ints(1);
    dims[0] = sizes && !sizes->empty() ? (*sizes)[0] : TG_DIM_UNKNOWN;
  }
  c.set_output(0, c.dtype(0), dims);
}

void first(KernelContext& c) {
  Dims dims = c.dims(0);
  int64_t size = c.dtype(1) == TG_INT64 ? *c.input<int64_t>(1) : *c.input<int32_t>(1);
  if (size < 0 || size > dims[0])
    throw Error(TG_OUT_OF_RANGE, "TG-0107", "an array has no more than its elements. Received: "
        + std::to_string(size) +
                                                " of " + std::to_string(dims[0]));
  dims[0] = size;
  TensorRef array = handle_of(c)->input_tensor(0);
  handle_of(c)->set_output_tensor(0, new_view(array.get(), dims).get());
}

void gradient_of_first(GradientContext& c) {
  Tensor larger = call("array_reserve", {c.gradient(), call("gather", {call("shape", {c.input(0)}),
      make_scalar(TG_INT32, 0)})},
                       {Attr("exact", true)});
  c.set_gradient(0, larger);
}

// Values of any shapes as rows of one length.
constexpr int64_t kPackedShape = TG_MAX_RANK + 1;

void infer_packed_shape(InferContext& c) { c.set_output(0, TG_INT64, {kPackedShape}); }

void packed_shape(KernelContext& c) {
  int64_t* out = c.output<int64_t>(0);
  Dims dims = c.dims(0);
  out[0] = dims.rank();
  for (int k = 0; k < TG_MAX_RANK; ++k) out[k + 1] = k < dims.rank() ? dims[k] : 0;
}

void infer_unpack(InferContext& c) {
  require_fixed_size(c);
  require_rank(c.dims(0), 1, "row");
  require_rank(c.dims(1), 1, "shape");
  c.set_output(0, c.dtype(0), Dims::unknown_rank());
}

void unpack(KernelContext& c) {
  const int64_t* shape = c.input<int64_t>(1);
  if (c.dims(1).num_elements() != kPackedShape || shape[0] < 0 || shape[0] > TG_MAX_RANK)
    throw invalid_argument("TG-0103", "a packed shape has 9 numbers, the rank first", "shape of " + c.dims(1).str());
  Dims dims = checked_dims(std::vector<int64_t>(shape + 1, shape + 1 + shape[0]));
  if (dims.num_elements() > c.dims(0)[0])
    throw invalid_argument("TG-0105", "a row holds all elements of its shape",
                           "row.shape=" + c.dims(0).str() + " for " + dims.str());
  TensorRef value = new_tensor_copy(c.dtype(0), dims, c.input_data(0), dense_bytes(c.dtype(0), dims.num_elements()));
  handle_of(c)->set_output_tensor(0, value.get());
}

void infer_pack(InferContext& c) {
  require_fixed_size(c);
  require_rank(c.dims(1), 1, "row");
  c.set_output(0, c.dtype(0), c.dims(1));
}

void pack(KernelContext& c) {
  size_t given = dense_bytes(c.dtype(0), c.dims(0).num_elements());
  size_t all = dense_bytes(c.dtype(0), c.dims(1).num_elements());
  if (given > all)
    throw invalid_argument("TG-0105", "a row holds all elements of the value",
                           "row.shape=" + c.dims(1).str() + " for " + c.dims(0).str());
  if (all == 0) return;
  char* out = static_cast<char*>(c.output_data(0));
  if (given) std::memcpy(out, c.input_data(0), given);
  std::memset(out + given, 0, all - given);
}

void gradient_of_unpack(GradientContext& c) { c.set_gradient(0, call("pack_like", {c.gradient(), c.input(0)})); }

void gradient_of_pack(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, call("unpack", {c.gradient(), call("packed_shape", {c.input(0)})}));
}

#define TG_ARRAY_RAISES \
  "Raises:\n  OutOfRangeError: the index does not lie in [0, n) (TG-0107).\n"

TG_OP("array_read(x: T, index: int32|int64) -> T")
    .types("T: any")
    .summary("One element of an array of tensors.")
    .doc("Args:\n  x: elements of one shape, stacked.\n  index: which.\n\nReturns:\n  A copy of x[index].\n\n" TG_ARRAY_RAISES)
    .infer<infer_read>()
    .kernel<read>()
    .gradient<gradient_of_read>();

TG_OP("array_write(x: T, index: int32|int64, value: T) -> T")
    .types("T: any")
    .summary("An array of tensors with another element in one place.")
    .doc("Args:\n  x: elements of one shape, stacked; of shape (n, 0), where this is the first element.\n"
         "  index: where.\n  value: the element.\n\nReturns:\n  The array; x where nobody else reads that.\n\n" TG_ARRAY_RAISES
         "  InvalidArgumentError: the element has another shape (TG-0105).\n")
    .infer<infer_write>()
    .kernel<write>()
    .gradient<gradient_of_write>();

TG_OP("array_add(x: T, index: int32|int64, value: T) -> T")
    .types("T: any")
    .summary("An array of tensors with something added to one element.")
    .doc("Args:\n  x: elements of one shape, stacked.\n  index: to which.\n  value: what is added.\n\n"
         "Returns:\n  The array; x where nobody else reads that.\n\n" TG_ARRAY_RAISES
         "  InvalidArgumentError: the element has another shape (TG-0105).\n")
    .infer<infer_write>()
    .kernel<add>()
    .gradient<gradient_of_add>();

TG_OP("array_reserve(x: T, size: int32|int64, *, exact: bool = false) -> T")
    .types("T: any")
    .summary("An array of tensors with room for at least so many.")
    .doc("Args:\n  x: elements of one shape, stacked.\n  size: how many it must hold.\n  exact: not to make more room than that.\n\nReturns:\n"
         "  The array, twice as long where it was too short; what is new is zeros.\n")
    .infer<infer_reserve>()
    .kernel<reserve>()
    .gradient<gradient_of_reserve>();

TG_OP("array_open(x: T) -> T")
    .types("T: any")
    .summary("A tensor as an array that may grow: its gradient is that of the elements that it has.")
    .doc("Args:\n  x: elements of one shape, stacked.\n\nReturns:\n  x.\n")
    .infer<infer_open>()
    .gradient<gradient_of_open>()
    .fusion(TG_FUSION_VIEW);

TG_OP("array_first(x: T, shape: int32|int64) -> T")
    .types("T: any")
    .summary("The first elements of an array.")
    .doc("Args:\n  x: elements of one shape, stacked.\n  shape: its first number says how many.\n\n"
         "Returns:\n  x[:shape[0]].\n\n" TG_ARRAY_RAISES)
    .infer<infer_first>()
    .kernel<first>()
    .gradient<gradient_of_first>();

TG_OP("packed_shape(x: any) -> int64")
    .summary("The rank and the sizes of a tensor as 9 numbers.")
    .doc("Args:\n  x: a tensor.\n\nReturns:\n  The rank, then the sizes, then zeros.\n")
    .infer<infer_packed_shape>()
    .kernel<packed_shape>();

TG_OP("unpack(row: T, shape: int64) -> T")
    .types("T: any")
    .summary("The first elements of a row as a tensor of a shape.")
    .doc("Args:\n  row: the elements, and more.\n  shape: as packed_shape gives it.\n\nReturns:\n  The tensor.\n\n"
         "Raises:\n  InvalidArgumentError: the shape is none (TG-0103), or has more elements than the row (TG-0105).\n")
    .infer<infer_unpack>()
    .kernel<unpack>()
    .gradient<gradient_of_unpack>();

TG_OP("pack_like(value: T, row: any) -> T")
    .types("T: any")
    .summary("The elements of a tensor at the beginning of a row, and zeros.")
    .doc("Args:\n  value: the tensor.\n  row: a tensor of one dimension, whose size is that of the result.\n\n"
         "Returns:\n  The row.\n\nRaises:\n  InvalidArgumentError: the row is too short (TG-0105).\n")
    .infer<infer_pack>()
    .kernel<pack>()
    .gradient<gradient_of_pack>();

}  // namespace
}  // namespace tg
