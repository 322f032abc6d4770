#include "ops/special/special.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  c.set_output(0, c.dtype(0), broadcast(broadcast(c.dims(0), c.dims(1), "a", "b"), c.dims(2), "a and b", "x"));
}

void kernel(KernelContext& c) {
  Dims a = c.dims(0), b = c.dims(1), x = c.dims(2);
  kernels::BroadcastPlan plan;
  check_kernel(kernels::make_broadcast_plan3(a.data(), a.rank(), b.data(), b.rank(), x.data(), x.rank(), &plan));
  check_kernel(kernels::betainc(kernel_dtype(c.dtype(0)), c.input_data(0), c.input_data(1), c.input_data(2),
                                c.output_data(0), plan, c.parallel()),
               c.dtype(0));
}

void gradient(GradientContext& c) {
  if (!c.needs(2)) return;
  Tensor a = c.input(0), b = c.input(1), x = c.input(2);
  Tensor log_beta = call("lgamma", {a}) + call("lgamma", {b}) - call("lgamma", {a + b});
  Tensor powers = call("xlogy", {shifted(a, -1.0), x}) + call("xlog1py", {shifted(b, -1.0), -x});
  c.set_gradient(2, sum_to_like(c.gradient() * call("exp", {powers - log_beta}), x));
}

TG_OP("betainc(a: T, b: T, x: T) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("math.betainc")
    .summary("Computes the regularized incomplete beta function I_x(a, b), with broadcasting of all three.")
    .doc(R"(It is NaN where `a` or `b` is not positive or `x` is outside of [0, 1]. No gradient flows into `a` and `b`.
(Continued fraction, DLMF 8.17.22.)

Args:
  a: a tensor; a floating-point dtype.
  b: a tensor of the same dtype.
  x: a tensor of the same dtype: the upper end of the integral.

Returns:
  A tensor of the broadcast shape and the same dtype.

Raises:
  InvalidArgumentError: the dtypes differ or are not among these (TG-0102), or the shapes do not broadcast
    (TG-0101).
)")
    .example(R"(>>> tg.math.betainc(2., 3., [0., 0.5, 1.])
<tg.Tensor: shape=(3,), dtype=float32, numpy=array([0.    , 0.6875, 1.    ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [2, 3], "low": 0.1, "high": 0.9}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [3], "low": 0.5, "high": 4.0},
                      {"dtype": "float32", "shape": [], "low": 0.1, "high": 0.9}]}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace
}  // namespace tg
