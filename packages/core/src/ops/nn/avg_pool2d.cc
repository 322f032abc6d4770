#include "ops/nn/pool2d.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  check_kernel(kernels::avg_pool2d(kernel_dtype(c.dtype(0)), pool_of(c, c.dims(0)), c.input_data(0), c.output_data(0),
                                   c.parallel()),
               c.dtype(0));
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("avg_pool2d_grad", {c.input(0), c.gradient()}, pool_attrs(c)));
}

TG_OP("avg_pool2d(input: T, *, " TG_POOL_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Averages the elements of each window of images.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels]; float32 or float64.
)" TG_POOL_DOC R"(
Returns:
  A tensor of shape [batch, new_height, new_width, channels] and the same dtype. What lies outside of the image does not
  count.

Raises:
  InvalidArgumentError: the rank is not 4 (TG-0103), or an attribute has a value that is not described here (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}},
          {"inputs": [{"dtype": "float32", "shape": [1, 5, 5, 2]}],
           "attributes": {"ksize": [1, 3, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}}])")
    .infer<infer_pool>()
    .kernel<kernel>()
    .gradient<gradient>();

void grad_kernel(KernelContext& c) {
  require_pooled(c, c.dims(0), c.dims(1));
  check_kernel(kernels::avg_pool2d_grad(kernel_dtype(c.dtype(1)), pool_of(c, c.dims(0)), c.input_data(1),
                                        c.output_data(0), c.parallel()),
               c.dtype(1));
}

void grad_gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("avg_pool2d", {c.gradient()}, pool_attrs(c)));
}

TG_OP("avg_pool2d_grad(like: any, dy: T, *, " TG_POOL_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Computes the gradient of avg_pool2d: each one is shared by the elements of its window.")
    .doc(R"(Args:
  like: a tensor of the shape of the images; only its shape counts.
  dy: the gradient of the pooled images; float32 or float64.
)" TG_POOL_DOC R"(
Returns:
  A tensor of the shape of `like` and the dtype of `dy`.

Raises:
  InvalidArgumentError: as avg_pool2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [2, 2, 3, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}}])")
    .infer<infer_pool_grad>()
    .kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
