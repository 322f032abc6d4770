#include "ops/common.hpp"

namespace tg {
namespace {

Tensor value_of(const Context& c) { return Tensor::share(c.attr("value").tensor); }

void infer(InferContext& c) {
  Tensor value = value_of(c);
  if (c.has("dtype") && c.dtype_attr("dtype") != value.dtype())
    throw invalid_argument(
        "TG-0102", "a constant has the dtype of its value",
        std::string("dtype=") + dtype_name(c.dtype_attr("dtype")) + ", value.dtype=" + dtype_name(value.dtype()));
  c.set_output(0, value.dtype(), value.dims());
}

void kernel(KernelContext& c) { c.set_output_tensor(0, value_of(c)); }

TG_OP("constant(*, value: tensor, dtype: dtype?) -> any")
    .summary("Holds a value that is part of a graph.")
    .doc(R"(Args:
  value: a concrete tensor.
  dtype: its dtype, for readers of the graph.

Returns:
  The value.

Raises:
  InvalidArgumentError: `dtype` is given and is not that of `value` (TG-0102).
)")
    .samples(R"([{"inputs": [], "attributes": {"value": {"dtype": "float32", "value": [1.0, 2.0]}}}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
