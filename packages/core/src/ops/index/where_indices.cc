#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  Dims dims = c.dims(0);
  c.set_output(0, TG_INT64, {TG_DIM_UNKNOWN, dims.known_rank() ? dims.rank() : TG_DIM_UNKNOWN});
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(0);
  const bool* condition = c.input<bool>(0);
  int64_t size = dims.num_elements(), found = 0;
  for (int64_t i = 0; i < size; ++i) found += condition[i];
  c.set_output_type(0, TG_INT64, {found, dims.rank()});
  int64_t* out = c.output<int64_t>(0);
  for (int64_t i = 0; i < size; ++i) {
    if (!condition[i]) continue;
    int64_t rest = i;
    for (int axis = dims.rank() - 1; axis >= 0; --axis) {
      out[axis] = rest % dims[axis];
      rest /= dims[axis];
    }
    out += dims.rank();
  }
}

TG_OP("where_indices(condition: bool) -> int64")
    .summary("Lists the coordinates of the true elements, in row-major order.")
    .doc(R"(Args:
  condition: a bool tensor of any shape.

Returns:
  An int64 tensor of shape [count, rank]: one row of coordinates for each true element.

Raises:
  InvalidArgumentError: the dtype is not bool (TG-0102).
)")
    .samples(R"([{"inputs": [{"dtype": "bool", "value": [[true, false], [false, true]]}]}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
