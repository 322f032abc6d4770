#include "ops/elementwise/complex.hpp"
#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  int dtype = c.dtype(0);
  c.set_output(0, is_complex(dtype) ? part_dtype(dtype) : dtype, c.dims(0));
}

void gradient(GradientContext& c) {
  c.set_gradient(0, cast_to(c.gradient(), c.dtype(0)) * call("sign", {c.input(0)}));
}

TG_OP("abs(x: T) -> any")
    .types("T: " TG_ALL_NUMBERS)
    .names("math.abs abs")
    .summary("Computes the absolute value of each element.")
    .doc(R"(The gradient at 0 is 0.

Args:
  x: a tensor of any shape; a floating-point, integer or complex dtype.

Returns:
  A tensor of the same shape and dtype as `x`.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).
)")
    .example(R"(>>> tg.math.abs([-1.5, 0., 2.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([1.5, 0. , 2. ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -2.0, "high": 2.0}]}])")
    .infer<infer>()
    .kernel<unary_kernel<kernels::UnaryOp::kAbs>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE)
    .in_place(0);

}  // namespace
}  // namespace tg
