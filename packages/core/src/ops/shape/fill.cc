#include "kernels/copy.h"
#include "ops/shape/mover.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_movable(c.dtype(1));
  require_rank(c.dims(1), 0, "value");
  c.set_output(0, c.dtype(1), dims_of_shape_input(c, 0, "dims"));
}

void kernel(MoveContext& c) {
  Dims dims = checked_dims(c.ints(0));
  c.set_output_type(0, c.dtype(1), dims);
  check_kernel(
      kernels::fill(element_size(c.dtype(1)), c.input_data(1), c.output_data(0), dims.num_elements(), c.parallel()));
}

void gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, call("reduce_sum", {c.gradient()}));
}

TG_OP("fill(dims: int32|int64, value: any) -> any")
    .names("fill")
    .summary("Makes a tensor of one value.")
    .doc(R"(Args:
  dims: the shape, a vector of int32 or int64.
  value: a 0-d tensor of any dtype.

Returns:
  A tensor of this shape and the dtype of `value`.

Raises:
  InvalidArgumentError: a size is negative or the number of elements does not fit 63 bits (TG-0109), or `value` is not
    0-d (TG-0103).
)")
    .example(R"(>>> tg.fill([2, 3], 9)
<tg.Tensor: shape=(2, 3), dtype=int32, numpy=
array([[9, 9, 9],
       [9, 9, 9]], dtype=int32)>)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [2, 3]}, {"dtype": "float32", "shape": []}]},
          {"inputs": [{"dtype": "int64", "value": []}, {"dtype": "bool", "value": true}]}])")
    .infer<infer>()
    .kernel<moving<kernel>>()
    .gradient<gradient>()
    .fusion(TG_FUSION_BROADCAST);

}  // namespace
}  // namespace tg
