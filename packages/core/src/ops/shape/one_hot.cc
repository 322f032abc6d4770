#include "kernels/elementwise.h"
#include "kernels/index.h"
#include "ops/common.hpp"

namespace tg {
namespace {

int result_type(const Context& c) {
  int dtype = c.dtype_attr("dtype");
  if (dtype < TG_BOOL || dtype > TG_COMPLEX128)
    throw unsupported("one_hot makes bool and numbers", std::string("dtype=") + dtype_name(dtype));
  return dtype;
}

Dims one_hot_dims(const Context& c) {
  Dims dims = c.dims(0);
  int64_t depth = c.int_attr("depth");
  if (depth < 0) throw invalid_argument("TG-0109", "depth must not be negative", "depth=" + text_of(depth));
  if (!dims.known_rank()) return dims;
  dims.insert(normalize_axis(c.int_attr("axis"), dims.rank() + 1), depth);
  if (dims.is_static()) checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  return dims;
}

void infer(InferContext& c) { c.set_output(0, result_type(c), one_hot_dims(c)); }

void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank() + 1);
  int64_t count = dims.num_elements();
  kernels::DType index_type = kernel_dtype(c.dtype(0)), dtype = kernel_dtype(result_type(c));
  const void* indices = c.input_data(0);
  if (c.dtype(0) == TG_UINT8) {
    void* wide = c.scratch(static_cast<size_t>(count) * sizeof(int32_t));
    check_kernel(kernels::cast(index_type, kernels::DType::kInt32, indices, wide, count, c.parallel()));
    index_type = kernels::DType::kInt32;
    indices = wide;
  }
  const double values[2] = {c.float_attr("on_value"), c.float_attr("off_value")};
  char on[16], off[16];
  check_kernel(kernels::cast(kernels::DType::kFloat64, dtype, &values[0], on, 1, c.parallel()));
  check_kernel(kernels::cast(kernels::DType::kFloat64, dtype, &values[1], off, 1, c.parallel()));
  check_kernel(kernels::one_hot(element_size(result_type(c)), index_type, indices, product(dims, 0, axis),
                                c.int_attr("depth"), product(dims, axis, dims.rank()), on, off, c.output_data(0),
                                c.parallel()));
}

TG_OP(
    "one_hot(indices: int32|int64|uint8, *, depth: int, on_value: float = 1.0, off_value: float = 0.0, "
    "axis: int = -1, dtype: dtype = float32) -> attr.dtype")
    .names("one_hot")
    .summary("Makes vectors that are on at an index and off elsewhere.")
    .doc(R"(Args:
  indices: which element is on, int32, int64 or uint8, of any shape. An index outside [0, depth) gives a vector that
    is off everywhere.
  depth: the size of the new axis.
  on_value: the value at the index.
  off_value: the value elsewhere.
  axis: where the new axis is in the result, in [-rank - 1, rank].
  dtype: the dtype of the result.

Returns:
  A tensor with one more dimension than `indices`.

Raises:
  InvalidArgumentError: `depth` is negative (TG-0109), or the axis is outside its range (TG-0104).
)")
    .example(R"(>>> tg.one_hot([1, 0], depth=3)
<tg.Tensor: shape=(2, 3), dtype=float32, numpy=
array([[0., 1., 0.],
       [1., 0., 0.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [1, 0, 5, -1]}], "attributes": {"depth": 3}},
          {"inputs": [{"dtype": "uint8", "value": [[1, 0], [2, 2]]}],
           "attributes": {"depth": 3, "axis": 1, "on_value": 5.0, "off_value": -1.0, "dtype": "int64"}},
          {"inputs": [{"dtype": "int64", "value": 2}], "attributes": {"depth": 3, "dtype": "bool"}}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
