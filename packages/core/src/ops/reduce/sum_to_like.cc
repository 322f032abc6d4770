#include "ops/reduce/broadcast_like.hpp"
#include "ops/reduce/reduce.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_broadcasts_to(c.dims(1), c.dims(0), "like", "x");
  c.set_output(0, c.dtype(0), c.dims(1));
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(0), like = c.dims(1);
  require_broadcasts_to(like, dims, "like", "x");
  uint32_t mask = 0;
  for (int i = 0; i < dims.rank(); ++i) {
    int at = i - (dims.rank() - like.rank());
    if (at < 0 || (like[at] == 1 && dims[i] != 1)) mask |= 1u << i;
  }
  constexpr kernels::ReduceOp sum = kernels::ReduceOp::kSum;
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  void* workspace = c.scratch(kernels::reduce_workspace_bytes(sum, dtype, dims.data(), dims.rank(), mask));
  check_kernel(kernels::reduce(sum, dtype, c.input_data(0), dims.data(), dims.rank(), mask, c.output_data(0),
                               c.parallel(), workspace),
               c.dtype(0));
}

void gradient(GradientContext& c) { c.set_gradient(0, call("broadcast_like", {c.gradient(), c.input(0)})); }

TG_OP("sum_to_like(x: T, like: any) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .summary("Sums x down to the shape of another tensor: undoes broadcasting.")
    .doc(R"(Args:
  x: a tensor; a floating-point, integer or complex dtype.
  like: a tensor whose shape broadcasts to that of `x`; only its shape counts.

Returns:
  A tensor of the dtype of `x` and the shape of `like`.

Raises:
  InvalidArgumentError: the shape of `like` does not broadcast to that of `x` (TG-0101).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "float32", "shape": [3, 1]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": []}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
