#include "ops/nn/pool2d.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  check_kernel(kernels::max_pool2d(kernel_dtype(c.dtype(0)), pool_of(c, c.dims(0)), c.input_data(0), c.output_data(0),
                                   c.parallel()),
               c.dtype(0));
}

void gradient(GradientContext& c) {
  c.set_gradient(0, call("max_pool2d_grad", {c.input(0), c.gradient()}, pool_attrs(c)));
}

TG_OP("max_pool2d(input: T, *, " TG_POOL_ATTRS ") -> T")
    .types("T: float32 float64 int8 uint8 int32")
    .summary("Takes the greatest element of each window of images.")
    .doc(R"(Args:
  input: images of shape [batch, height, width, channels]; float32, float64, int8, uint8 or int32.
)" TG_POOL_DOC R"(
Returns:
  A tensor of shape [batch, new_height, new_width, channels] and the same dtype. What lies outside of the image never
  wins.

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
  check_kernel(kernels::max_pool2d_grad(kernel_dtype(c.dtype(0)), pool_of(c, c.dims(0)), c.input_data(0),
                                        c.input_data(1), c.output_data(0), c.parallel()),
               c.dtype(0));
}

void grad_gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("max_pool2d_grad_grad", {c.input(0), c.gradient()}, pool_attrs(c)));
}

TG_OP("max_pool2d_grad(input: T, dy: T, *, " TG_POOL_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Computes the gradient of max_pool2d: each one goes to the first greatest element of its window.")
    .doc(R"(Args:
  input: the images; float32 or float64.
  dy: the gradient of the pooled images, of the same dtype.
)" TG_POOL_DOC R"(
Returns:
  A tensor of the shape and dtype of `input`.

Raises:
  InvalidArgumentError: as max_pool2d does, or the shape of `dy` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [2, 2, 3, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "VALID"}}])")
    .infer<infer_pool_grad>()
    .kernel<grad_kernel>()
    .gradient<grad_gradient>();

void infer_grad_grad(InferContext& c) {
  if (!dims_compatible(c.dims(0), c.dims(1)))
    throw invalid_argument("TG-0105", "g must have the shape of input",
                           "input.shape=" + c.dims(0).str() + ", g.shape=" + c.dims(1).str());
  c.set_output(0, c.dtype(0), pooled_dims(c, c.dims(0)));
}

// out = g at the first greatest element of input in each window.
template <class T>
void take_where_greatest(KernelContext& c) {
  kernels::Pool2D pool = pool_of(c, c.dims(0));
  const T* x = c.input<T>(0);
  const T* g = c.input<T>(1);
  T* out = c.output<T>(0);
  for (int64_t image = 0; image < pool.batch; ++image) {
    for (int64_t row = 0; row < pool.out_h; ++row) {
      for (int64_t column = 0; column < pool.out_w; ++column) {
        for (int64_t channel = 0; channel < pool.channels; ++channel) {
          int64_t best = -1;
          for (int64_t i = 0; i < pool.k_h; ++i) {
            int64_t y = row * pool.stride_h - pool.pad_top + i;
            if (y < 0 || y >= pool.in_h) continue;
            for (int64_t j = 0; j < pool.k_w; ++j) {
              int64_t z = column * pool.stride_w - pool.pad_left + j;
              if (z < 0 || z >= pool.in_w) continue;
              int64_t at = ((image * pool.in_h + y) * pool.in_w + z) * pool.channels + channel;
              if (best < 0 || x[at] > x[best]) best = at;
            }
          }
          *out++ = best < 0 ? T(0) : g[best];
        }
      }
    }
  }
}

void grad_grad_kernel(KernelContext& c) {
  if (c.dtype(0) == TG_FLOAT32) take_where_greatest<float>(c);
  else take_where_greatest<double>(c);
}

void grad_grad_gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("max_pool2d_grad", {c.input(0), c.gradient()}, pool_attrs(c)));
}

TG_OP("max_pool2d_grad_grad(input: T, g: T, *, " TG_POOL_ATTRS ") -> T")
    .types("T: " TG_FLOATS)
    .summary("Takes, for each window, the element of g that stands where input is greatest.")
    .doc(R"(Args:
  input: the images; float32 or float64.
  g: a tensor of the same shape and dtype.
)" TG_POOL_DOC R"(
Returns:
  A tensor of the shape of the pooled images and the same dtype.

Raises:
  InvalidArgumentError: as max_pool2d does, or the shape of `g` does not fit (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 5, 6, 3]}, {"dtype": "float32", "shape": [2, 5, 6, 3]}],
           "attributes": {"ksize": [2], "strides": [2], "padding": "SAME"}}])")
    .infer<infer_grad_grad>()
    .kernel<grad_grad_kernel>()
    .gradient<grad_grad_gradient>();

}  // namespace
}  // namespace tg
