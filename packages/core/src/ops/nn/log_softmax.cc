#include "ops/nn/softmax.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  along_axis<1>(c, [&](const void** in, int64_t rows, int64_t n, void* out) {
    return kernels::log_softmax(kernel_dtype(c.dtype(0)), in[0], rows, n, out, c.parallel());
  });
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("log_softmax_grad", {c.gradient(), c.output()}, {axis_of(c)}));
}

TG_OP("log_softmax(logits: T, *, axis: int = -1) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.log_softmax math.log_softmax")
    .summary("Computes log(softmax(logits)) along an axis, exactly also for small probabilities.")
    .doc(R"(Args:
  logits: a tensor of rank 1 or more; a floating-point dtype.
  axis: the axis along which the probabilities add up to 1.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.nn.log_softmax([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-1.3132617 , -0.31326166], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": 1}}])")
    .infer<infer_along_axis>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

void grad_kernel(KernelContext& c) {
  along_axis<2>(c, [&](const void** in, int64_t rows, int64_t n, void* out) {
    return kernels::log_softmax_grad(kernel_dtype(c.dtype(0)), in[1], in[0], rows, n, out, c.parallel());
  });
}

void grad_gradient(GradientContext& c) {
  Tensor g = c.gradient(), dy = c.input(0), probabilities = call("exp", {c.input(1)});
  Tensor weighted = g * probabilities;
  if (c.needs(0)) c.set_gradient(0, g - sum_along(c, weighted));
  if (c.needs(1)) c.set_gradient(1, -(weighted * sum_along(c, dy)));
}

TG_OP("log_softmax_grad(dy: T, y: T, *, axis: int = -1) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes dy - exp(y) * sum(dy) along an axis: the gradient of log_softmax.")
    .doc(R"(Args:
  dy: the gradient of log_softmax's result; a floating-point dtype.
  y: log_softmax's result, of the same shape and dtype.
  axis: as in log_softmax.

Returns:
  The gradient of the logits: a tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the shapes differ (TG-0105), or the axis is outside [-rank, rank) (TG-0104).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}, {"dtype": "float32", "shape": [3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}, {"dtype": "float32", "shape": [2, 3, 4]}],
           "attributes": {"axis": 0}}])")
    .infer<infer_along_axis>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>()
    .fusion(TG_FUSION_REDUCTION);

}  // namespace
}  // namespace tg
