#include "ops/reduce/broadcast_like.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  element_size(c.dtype(0));
  require_broadcasts_to(c.dims(0), c.dims(1), "x", "like");
  c.set_output(0, c.dtype(0), c.dims(1));
}

void kernel(KernelContext& c) {
  require_broadcasts_to(c.dims(0), c.dims(1), "x", "like");
  broadcast_copy(c, c.dims(0), c.dims(1));
}

void gradient(GradientContext& c) { c.set_gradient(0, sum_to_like(c.gradient(), c.input(0))); }

TG_OP("broadcast_like(x: any, like: any) -> any")
    .summary("Repeats x up to the shape of another tensor.")
    .doc(R"(Args:
  x: a tensor of any dtype of fixed size.
  like: a tensor to whose shape that of `x` broadcasts; only its shape counts.

Returns:
  A tensor of the dtype of `x` and the shape of `like`.

Raises:
  InvalidArgumentError: the shape of `x` does not broadcast to that of `like` (TG-0101).
  UnimplementedError: the dtype is string or a resource (TG-0121).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 1]}, {"dtype": "float32", "shape": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": []}, {"dtype": "int32", "shape": [2, 3]}]}])")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<gradient>()
    .fusion(TG_FUSION_BROADCAST);

}  // namespace
}  // namespace tg
