#include <cstring>

#include "ops/complex/parts.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  if (is_complex(c.dtype(0))) return unary_kernel<kernels::UnaryOp::kReal>(c);
  size_t bytes = static_cast<size_t>(c.num_elements(0)) * element_size(c.dtype(0));
  if (bytes > 0) std::memcpy(c.output_data(0), c.input_data(0), bytes);
}

void gradient(GradientContext& c) { c.set_gradient(0, cast_to(c.gradient(), c.dtype(0))); }

TG_OP("real(input: T) -> any")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.real")
    .summary("Takes the real parts of complex numbers.")
    .doc(R"(Args:
  input: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape; float32 for complex64, float64 for complex128. Real numbers are as they are.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.real([1 + 2j]).numpy()
array([1.]))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 3]}]}])")
    .infer<infer_part>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
