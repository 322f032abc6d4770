#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void require_number(int dtype) {
  if (dtype < TG_BOOL || dtype > TG_COMPLEX128)
    throw unsupported("casts are among bool and the dtypes of numbers",
                      std::string("dtype=") + dtype_name(dtype));
}

void infer(InferContext& c) {
  require_number(c.dtype(0));
  require_number(c.dtype_attr("dtype"));
  c.set_output(0, c.dtype_attr("dtype"), c.dims(0));
}

void kernel(KernelContext& c) {
  check_kernel(kernels::cast(kernel_dtype(c.dtype(0)), kernel_dtype(c.dtype_attr("dtype")), c.input_data(0),
                             c.output_data(0), c.num_elements(0), c.parallel()),
               c.dtype(0));
}

void gradient(GradientContext& c) {
  if (is_differentiable(c.dtype(0)) && is_differentiable(c.dtype_attr("dtype")))
    c.set_gradient(0, call("cast", {c.gradient()}, {Attr::dtype("dtype", c.dtype(0))}));
}

TG_OP("cast(x: any, *, dtype: dtype) -> attr.dtype")
    .names("cast")
    .summary("Converts each element to another dtype.")
    .doc(R"(To a narrower floating-point dtype: the nearest value, ties to even. From floating-point to integer: toward
zero, saturated at the ends; NaN gives 0. To a narrower integer: wraps. To bool: x != 0. From complex to
anything else: of the real part. A gradient flows between floating-point and complex dtypes.

Args:
  x: a tensor of any shape; bool or a number.
  dtype: the dtype wanted, of the same kinds.

Returns:
  A tensor of the same shape.

Raises:
  UnimplementedError: one of the dtypes is string or a resource (TG-0121).
)")
    .example(R"(>>> tg.cast([1.8, -1.8], tg.int32)
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"dtype": "float64"}},
          {"inputs": [{"dtype": "float32", "value": [1.5, -2.5, 0.0]}], "attributes": {"dtype": "int32"}},
          {"inputs": [{"dtype": "int32", "value": [0, 2, -3]}], "attributes": {"dtype": "bool"}},
          {"inputs": [{"dtype": "float32", "value": [1.5, -2.5, 0.0]}], "attributes": {"dtype": "bfloat16"}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
