#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void compose(ComposeContext& c) {
  constexpr double root_two_over_pi = 0.7978845608028654, one_over_root_two = 0.7071067811865476;
  Tensor x = c.input(0), one = scalar_like(x, 1.0), half = scalar_like(x, 0.5);
  Tensor weight;
  if (c.bool_attr("approximate")) {
    Tensor cubic = x + scalar_like(x, 0.044715) * (x * x * x);
    weight = call("tanh", {scalar_like(x, root_two_over_pi) * cubic});
  } else {
    weight = call("erf", {x * scalar_like(x, one_over_root_two)});
  }
  c.set_output(0, half * x * (one + weight));
}

TG_OP("gelu(features: T, *, approximate: bool = false) -> T")
    .types("T: " TG_ALL_FLOATS)
    .names("nn.gelu")
    .summary("Computes features * P(X <= features) for a standard normal X.")
    .doc(R"doc(Args:
  features: a tensor of any shape; a floating-point dtype.
  approximate: whether to use the approximation by tanh.

Returns:
  A tensor of the same shape and dtype.

Raises:
  InvalidArgumentError: the dtype is not one of these (TG-0102).

Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.
)doc")
    .example(R"(>>> tg.nn.gelu([-1., 2.])
<tg.Tensor: shape=(2,), dtype=float32, numpy=array([-0.15865526,  1.9544997 ], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3], "low": -4.0, "high": 4.0}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"approximate": true}}])")
    .compose<compose>();

}  // namespace
}  // namespace tg
