#include "ops/elementwise/elementwise.hpp"

namespace tg {
namespace {

TG_OP("stop_gradient(input: any) -> any")
    .names("stop_gradient")
    .summary("Returns a tensor with the same contents, through which no gradient flows.")
    .doc(R"(Args:
  input: a tensor of any shape and dtype.

Returns:
  A tensor of the same shape and dtype, which gradients take as a constant.
)")
    .example(R"(>>> tg.stop_gradient([1, 2])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]}])")
    .infer<infer_same>()
    .gradient<no_gradient>()
    .fusion(TG_FUSION_VIEW);

}  // namespace
}  // namespace tg
