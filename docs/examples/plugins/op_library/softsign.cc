// An op with a gradient.
#include <cmath>

#include "tensegra/op.hpp"

namespace {

void infer(tg::InferContext& c) { c.set_output(0, c.dtype(0), c.dims(0)); }

template <class T>
void loop(tg::KernelContext& c, T sharpness) {
  const T* x = c.input<T>(0);
  T* y = c.output<T>(0);
  for (int64_t i = 0, n = c.num_elements(0); i < n; ++i) y[i] = x[i] / (1 + std::abs(sharpness * x[i]));
}

void kernel(tg::KernelContext& c) {
  double sharpness = c.float_attr("sharpness");
  if (!(sharpness > 0))
    throw tg::invalid_argument("TG-0123", "sharpness must be above 0", "sharpness=" + std::to_string(sharpness));
  if (c.dtype(0) == TG_FLOAT32)
    loop<float>(c, static_cast<float>(sharpness));
  else
    loop<double>(c, sharpness);
}

// y = x / (1 + |s x|):  dy/dx = 1 / (1 + |s x|)^2, written with ops, so that it has a gradient again.
void gradient(tg::GradientContext& c) {
  tg::Tensor x = c.input(0);
  tg::Tensor scaled = tg::call("abs", {x * tg::scalar_like(x, c.float_attr("sharpness"))});
  tg::Tensor below = scaled + tg::scalar_like(x, 1);
  c.set_gradient(0, c.gradient() / (below * below));
}

TG_OP("example::softsign(x: T, *, sharpness: float = 1.0) -> T")
    .types("T: float32 float64")
    .summary("x / (1 + |sharpness * x|).")
    .doc(R"(Args:
  x: a tensor.
  sharpness: above 0.

Returns:
  A tensor like `x`.

Raises:
  InvalidArgumentError: `sharpness` is not above 0 (TG-0123).
)")
    .samples(R"([{"inputs": [{"shape": [2, 3], "dtype": "float32", "low": 0.1, "high": 2}]},
                 {"inputs": [{"shape": [5], "dtype": "float64", "low": -2, "high": -0.1}],
                  "attributes": {"sharpness": 0.5}}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_ELEMENTWISE);

}  // namespace

TG_PLUGIN()
