#include "ops/reduce/broadcast_like.hpp"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_movable(c.dtype(0));
  Dims out = dims_of_shape_input(c, 1, "shape");
  require_broadcasts_to(c.dims(0), out, "input", "shape");
  c.set_output(0, c.dtype(0), out);
}

void kernel(MoveContext& c) {
  Dims out = checked_dims(c.ints(1));
  require_broadcasts_to(c.dims(0), out, "input", "shape");
  c.set_output_type(0, c.dtype(0), out);
  broadcast_copy(c, c.dims(0), out);
}

void gradient(GradientContext& c) {
  if (c.needs(0)) c.set_gradient(0, sum_to_like(c.gradient(), c.input(0)));
}

TG_OP("broadcast_to(input: any, shape: int32|int64) -> any")
    .names("broadcast_to")
    .summary("Repeats a tensor to a shape that its own broadcasts to.")
    .doc(R"(Args:
  input: a tensor of any dtype.
  shape: the shape wanted, a vector of int32 or int64.

Returns:
  A tensor of this shape and the same dtype.

Raises:
  InvalidArgumentError: the shape of `input` does not broadcast to `shape` (TG-0101), a size is negative or the number
    of elements does not fit 63 bits (TG-0109).
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.broadcast_to([1, 2], [2, 2])
<tg.Tensor: shape=(2, 2), dtype=int32, numpy=
array([[1, 2],
       [1, 2]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [3, 1]}, {"dtype": "int32", "value": [2, 3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": []}, {"dtype": "int64", "value": [2]}]}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_BROADCAST);

}  // namespace
}  // namespace tg
