#include "ops/nn/softmax.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  along_axis<1>(c, [&](const void** in, int64_t rows, int64_t n, void* out) {
    return kernels::softmax(kernel_dtype(c.dtype(0)), in[0], rows, n, out, c.parallel());
  });
}

void gradient(GradientContext& c) { c.set_gradient(0, call("softmax_grad", {c.gradient(), c.output()}, {axis_of(c)})); }

TG_OP("softmax(logits: T, *, axis: int = -1) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.softmax math.softmax")
    .summary("Computes exp(logits) / sum(exp(logits)) along an axis.")
    .doc(R"(Args:
  logits: a tensor of rank 1 or more; a floating-point dtype.
  axis: the axis along which the probabilities add up to 1.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the axis is outside [-rank, rank) (TG-0104), or the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.nn.softmax([1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([0.26894143, 0.7310586 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 4]}], "attributes": {"axis": 1}}])")
    .infer<infer_along_axis>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_REDUCTION);

void grad_kernel(KernelContext& c) {
  along_axis<2>(c, [&](const void** in, int64_t rows, int64_t n, void* out) {
    return kernels::softmax_grad(kernel_dtype(c.dtype(0)), in[1], in[0], rows, n, out, c.parallel());
  });
}

void grad_gradient(GradientContext& c) {
  Tensor g = c.gradient(), dy = c.input(0), y = c.input(1);
  if (c.needs(0)) c.set_gradient(0, call("softmax_grad", {g, y}, {axis_of(c)}));
  if (c.needs(1)) c.set_gradient(1, g * (dy - sum_along(c, dy * y)) - dy * sum_along(c, g * y));
}

TG_OP("softmax_grad(dy: T, y: T, *, axis: int = -1) -> T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes (dy - sum(dy * y)) * y along an axis: the gradient of softmax.")
    .doc(R"(Args:
  dy: the gradient of softmax's result; a floating-point dtype.
  y: softmax's result, of the same shape and dtype.
  axis: as in softmax.

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
