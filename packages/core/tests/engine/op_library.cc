// An op library out of tree: two primitives, one of them with a gradient, and a composite, from the headers alone.
#include <cmath>

#include "tensegra/op.hpp"

namespace {

void infer(tg::InferContext& c) { c.set_output(0, c.dtype(0), c.dims(0)); }

template <class T>
void hyperbolic_loop(tg::KernelContext& c, double scale) {
  const T* x = c.input<T>(0);
  T* y = c.output<T>(0);
  for (int64_t i = 0, n = c.num_elements(0); i < n; ++i) y[i] = static_cast<T>(std::sinh(x[i] * scale));
}

void hyperbolic_kernel(tg::KernelContext& c) {
  double scale = c.float_attr("scale");
  if (scale == 0) throw tg::invalid_argument("TG-0106", "scale must not be 0", "scale=0");
  if (c.dtype(0) == TG_FLOAT32)
    hyperbolic_loop<float>(c, scale);
  else
    hyperbolic_loop<double>(c, scale);
}

// d sinh(s x) = s sqrt(1 + sinh(s x)^2)
void hyperbolic_gradient(tg::GradientContext& c) {
  tg::Tensor y = c.output();
  tg::Tensor slope = tg::call("sqrt", {y * y + tg::scalar_like(y, 1)});
  c.set_gradient(0, c.gradient() * slope * tg::scalar_like(y, c.float_attr("scale")));
}

TG_OP("test::hyperbolic(x: T, *, scale: float = 1.0) -> T")
    .types("T: float32 float64")
    .summary("sinh(scale * x).")
    .infer<infer>()
    .kernel<hyperbolic_kernel>()
    .gradient<hyperbolic_gradient>();

void truncate_kernel(tg::KernelContext& c) {
  const float* x = c.input<float>(0);
  float* y = c.output<float>(0);
  for (int64_t i = 0, n = c.num_elements(0); i < n; ++i) y[i] = std::trunc(x[i]);
}

TG_OP("test::truncate(x: float32) -> float32")
    .summary("Towards zero; not differentiable.")
    .infer<infer>()
    .kernel<truncate_kernel>()
    .in_place(0);

void sum_all(tg::ComposeContext& c) {
  tg::Tensor sum = c.input(0);
  for (size_t i = 1; i < c.num_inputs(); ++i) sum = sum + c.input(i);
  c.set_output(0, sum);
}

TG_OP("test::sum_all(xs: [T]) -> T").types("T: float32 float64").summary("Adds up a list.").compose<sum_all>();

}  // namespace

TG_PLUGIN()
