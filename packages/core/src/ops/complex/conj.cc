#include <cstring>

#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  if (is_complex(c.dtype(0))) return unary_kernel<kernels::UnaryOp::kConj>(c);
  size_t bytes = static_cast<size_t>(c.num_elements(0)) * element_size(c.dtype(0));
  if (bytes > 0) std::memmove(c.output_data(0), c.input_data(0), bytes);
}

void gradient(GradientContext& c) { c.set_gradient(0, conj(c.gradient())); }

TG_OP("conj(x: T) -> T")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.conj")
    .summary("Conjugates complex numbers: negates their imaginary parts.")
    .doc(R"(Args:
  x: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape and dtype; real numbers are as they are.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.conj([1 + 2j]).numpy()
array([1.-2.j]))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 3]}]}])")
    .infer<infer_same>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
