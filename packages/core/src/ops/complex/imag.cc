#include <cstring>

#include "ops/complex/parts.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  if (is_complex(c.dtype(0))) return unary_kernel<kernels::UnaryOp::kImag>(c);
  size_t bytes = static_cast<size_t>(c.num_elements(0)) * element_size(c.dtype(0));
  if (bytes > 0) std::memset(c.output_data(0), 0, bytes);
}

void gradient(GradientContext& c) {
  if (is_complex(c.dtype(0))) c.set_gradient(0, only_imaginary(c.gradient()));
  else c.set_gradient(0, call("zeros_like", {c.input(0)}));
}

TG_OP("imag(input: T) -> any")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.imag")
    .summary("Takes the imaginary parts of complex numbers.")
    .doc(R"(Args:
  input: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape; float32 for complex64, float64 for complex128. For real numbers it is 0.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.imag([1 + 2j]).numpy()
array([2.]))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 3]}]}])")
    .infer<infer_part>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
