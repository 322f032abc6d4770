#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

void gradient(GradientContext& c) { c.set_gradient(0, c.gradient()); }

TG_OP("identity(input: any) -> any")
    .names("identity")
    .summary("Returns a tensor with the same contents.")
    .doc(R"(The memory is shared; the tensor is a new one to a gradient tape.

Args:
  input: a tensor of any shape and dtype.

Returns:
  A tensor of the same shape and dtype.
)")
    .example(R"(>>> tg.identity([1, 2])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "string", "value": ["a"]}]}])")
    .infer<infer_same>()
    .gradient<gradient>()
    .fusion(TG_FUSION_VIEW);

}  // namespace
}  // namespace tg
