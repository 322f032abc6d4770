#include "ops/common.hpp"

namespace tg {
namespace {

// Shapes are inferred again where they are known, so that this is all the checking there is.
void infer(InferContext& c) {
  Dims dims = c.dims(0);
  if (!c.has("shape")) return c.set_output(0, c.dtype(0), dims);
  Dims wanted = checked_dims(c.ints_attr("shape"), true);
  if (!dims_compatible(dims, wanted))
    throw invalid_argument("TG-0517", "x must have the shape that is ensured",
                           "x.shape=" + dims.str() + ", shape=" + wanted.str());
  c.set_output(0, c.dtype(0), merge_dims(dims, wanted));
}

void gradient(GradientContext& c) { c.set_gradient(0, c.gradient()); }

TG_OP("ensure_shape(x: any, *, shape: ints?) -> any")
    .summary("The same tensor, known to have a shape.")
    .doc(R"(Args:
  x: a tensor.
  shape: the sizes, -1 for any. Absent: any shape.

Returns:
  x.

Raises:
  InvalidArgumentError: x has another shape (TG-0517).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}], "attributes": {"shape": [2, -1]}},
                 {"inputs": [{"dtype": "float32", "shape": []}], "attributes": {"shape": []}}])")
    .infer<infer>()
    .gradient<gradient>()
    .fusion(TG_FUSION_VIEW);

}  // namespace
}  // namespace tg
