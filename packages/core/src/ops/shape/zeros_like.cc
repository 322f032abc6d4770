#include <cstring>

#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  c.set_output(0, c.dtype(0), c.dims(0));
}

// All dtypes of fixed size have a zero of zero bytes.
void zeros(MoveContext& c) {
  std::memset(c.output_data(0), 0, static_cast<size_t>(c.num_elements(0)) * element_size(c.dtype(0)));
}

TG_OP("zeros_like(input: any) -> any")
    .names("zeros_like")
    .summary("Makes a tensor of zeros with the shape and dtype of another one.")
    .doc(R"(Args:
  input: a tensor of any dtype; only its shape and dtype count.

Returns:
  A tensor of zeros (False for bool) of the same shape and dtype. No gradient flows through it.

Raises:
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.zeros_like([5, 6])
<tg.Tensor: shape=(2,), dtype=int32, numpy=array([0, 0], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}]}, {"inputs": [{"dtype": "bool", "shape": [2]}]}])")
    .infer<infer>()
    .kernel<moving<zeros>>()
    .gradient<no_gradient>()
    .fusion(TG_FUSION_BROADCAST);

}  // namespace
}  // namespace tg
