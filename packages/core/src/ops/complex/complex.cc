#include "kernels/complex.h"
#include "ops/complex/parts.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  c.set_output(0, complex_dtype(c.dtype(0)), broadcast(c.dims(0), c.dims(1), "real", "imag"));
}

void kernel(KernelContext& c) {
  Dims real = c.dims(0), imag = c.dims(1);
  kernels::BroadcastPlan plan;
  check_kernel(kernels::make_broadcast_plan(real.data(), real.rank(), imag.data(), imag.rank(), &plan));
  check_kernel(kernels::join_complex(kernel_dtype(c.dtype(0)), c.input_data(0), c.input_data(1), c.output_data(0),
                                     plan, c.parallel()));
}

void gradient(GradientContext& c) {
  Tensor g = c.gradient();
  if (c.needs(0)) c.set_gradient(0, sum_to_like(call("real", {g}), c.input(0)));
  if (c.needs(1)) c.set_gradient(1, sum_to_like(call("imag", {g}), c.input(1)));
}

TG_OP("complex(real: T, imag: T) -> any")
    .types("T: " TG_FLOATS)
    .names("complex")
    .summary("Makes complex numbers of their real and imaginary parts, with broadcasting.")
    .doc(R"(Args:
  real: a tensor; float32 or float64.
  imag: a tensor of the same dtype, whose shape broadcasts with that of `real`.

Returns:
  A tensor of the broadcast shape; complex64 for float32, complex128 for float64.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.complex([1., 2.], 3.).numpy()
array([1.+3.j, 2.+3.j], dtype=complex64))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 3]}, {"dtype": "float32", "shape": [4, 1]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
