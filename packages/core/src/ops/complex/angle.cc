#include "ops/complex/parts.hpp"

namespace tg {
namespace {

template <class T>
void angles_of_reals(KernelContext& c) {
  const T* x = c.input<T>(0);
  T* y = c.output<T>(0);
  int64_t count = c.num_elements(0);
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] < 0 ? T(3.141592653589793) : (x[i] == x[i] ? T(0) : x[i]);
}

void kernel(KernelContext& c) {
  if (is_complex(c.dtype(0))) return unary_kernel<kernels::UnaryOp::kAngle>(c);
  if (c.dtype(0) == TG_FLOAT32) angles_of_reals<float>(c);
  else angles_of_reals<double>(c);
}

void gradient(GradientContext& c) {
  Tensor x = c.input(0);
  if (!is_complex(c.dtype(0))) return c.set_gradient(0, call("zeros_like", {x}));
  c.set_gradient(0, call("divide_no_nan", {only_imaginary(c.gradient()), conj(x)}));
}

TG_OP("angle(input: T) -> any")
    .types("T: " TG_INEXACT)
    .names("math.angle")
    .summary("Computes the angle of each complex number with the positive real axis, in radians.")
    .doc(R"(Args:
  input: a tensor of any shape; a floating-point or complex dtype.

Returns:
  A tensor of the same shape, with values in (-pi, pi]; float32 for complex64, float64 for complex128. For real
  numbers it is 0, or pi where they are negative.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.angle([1j, -1 + 0j]).numpy()
array([1.57079633, 3.14159265]))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 3]}]}])")
    .infer<infer_part>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
