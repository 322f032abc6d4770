#include "kernels/copy.h"
#include "kernels/elementwise.h"
#include "ops/common.hpp"

namespace tg {
namespace {

void require_number(int dtype) {
  if (dtype < TG_BOOL || dtype > TG_COMPLEX128)
    throw unsupported("ones are made of bool and of numbers", std::string("dtype=") + dtype_name(dtype));
}

void infer(InferContext& c) {
  require_number(c.dtype(0));
  c.set_output(0, c.dtype(0), c.dims(0));
}

void kernel(KernelContext& c) {
  const float one = 1.0f;
  char converted[16];
  check_kernel(kernels::cast(kernels::DType::kFloat32, kernel_dtype(c.dtype(0)), &one, converted, 1, c.parallel()));
  check_kernel(kernels::fill(element_size(c.dtype(0)), converted, c.output_data(0), c.num_elements(0), c.parallel()));
}

TG_OP("ones_like(input: any) -> any")
    .names("ones_like")
    .summary("Makes a tensor of ones with the shape and dtype of another one.")
    .doc(R"(Args:
  input: a tensor; bool or a number. Only its shape and dtype count.

Returns:
  A tensor of ones (True for bool) of the same shape and dtype. No gradient flows through it.

Raises:
  UnimplementedError: the dtype is string or a resource (TG-0121).
)")
    .example(R"(>>> tg.ones_like([5, 6])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]}, {"inputs": [{"dtype": "bool", "shape": [2]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<no_gradient>()
    .fusion(TG_FUSION_BROADCAST);

}  // namespace
}  // namespace tg
