#include "kernels/reduce.h"
#include "ops/common.hpp"

namespace tg {
namespace {

int index_type(const Context& c) {
  int dtype = c.dtype_attr("output_type");
  if (dtype != TG_INT32 && dtype != TG_INT64)
    throw invalid_argument("TG-0106", "output_type must be int32 or int64",
                           std::string("output_type=") + dtype_name(dtype));
  return dtype;
}

void require_elements(const Dims& dims, int axis) {
  if (dims[axis] == 0)
    throw invalid_argument("TG-0124", "the axis must have at least one element",
                           "input.shape=" + dims.str() + ", axis=" + std::to_string(axis));
}

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  int dtype = index_type(c);
  if (!dims.known_rank()) return c.set_output(0, dtype, dims);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  require_elements(dims, axis);
  dims.erase(axis);
  c.set_output(0, dtype, dims);
}

template <bool greatest>
void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  require_elements(dims, axis);
  auto find = greatest ? kernels::argmax : kernels::argmin;
  check_kernel(find(kernel_dtype(c.dtype(0)), c.input_data(0), product(dims, 0, axis), dims[axis],
                    product(dims, axis + 1, dims.rank()), kernel_dtype(index_type(c)), c.output_data(0), c.parallel()),
               c.dtype(0));
}

constexpr char kDoc[] = R"doc(Args:
  input: a tensor of rank 1 or more; a floating-point or integer dtype, or bool.
  axis: the axis to search along.
  output_type: int32 or int64.

Returns:
  A tensor of dtype `output_type`, without the axis: the first index of equal elements, and the first NaN if there
  is one.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104) or has no elements (TG-0124), or `output_type` is
    another dtype (TG-0106).
)doc";

constexpr char kSamples[] = R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}]},
    {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": 1, "output_type": "int32"}},
    {"inputs": [{"dtype": "int32", "value": [1, 3, 3]}], "attributes": {"axis": -1}},
    {"inputs": [{"dtype": "bool", "value": [[false, true], [true, true]]}], "attributes": {"axis": 1}}])";

TG_OP("argmax(input: T, *, axis: int = 0, output_type: dtype = int64) -> attr.output_type")
    .types("T: " TG_ALL_REALS " bool")
    .names("math.argmax argmax")
    .summary("Finds where the greatest element along an axis is.")
    .doc(kDoc)
    .example(R"(>>> tg.argmax([3., 9., 1.])
<tg.Tensor: shape=(), dtype=int64, numpy=1>)")
    .samples(kSamples)
    .infer<infer>()
    .widened_kernel<kernel<true>>()
    .gradient<no_gradient>();

TG_OP("argmin(input: T, *, axis: int = 0, output_type: dtype = int64) -> attr.output_type")
    .types("T: " TG_ALL_REALS " bool")
    .names("math.argmin argmin")
    .summary("Finds where the least element along an axis is.")
    .doc(kDoc)
    .example(R"(>>> tg.argmin([3., 9., 1.])
<tg.Tensor: shape=(), dtype=int64, numpy=2>)")
    .samples(kSamples)
    .infer<infer>()
    .widened_kernel<kernel<false>>()
    .gradient<no_gradient>();

}  // namespace
}  // namespace tg
