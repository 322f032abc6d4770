#include "ops/random/random.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_rank(c.dims(2), 0, "minval");
  require_rank(c.dims(3), 0, "maxval");
  c.set_output(0, c.dtype(2), dims_of_shape_input(c, 1, "shape"));
}

void kernel(KernelContext& c) {
  Dims dims = checked_dims(c.ints(1));
  require_integer_range(c, 2);
  c.set_output_type(0, c.dtype(2), dims);
  check_kernel(
      kernels::random_uniform_int(kernel_dtype(c.dtype(2)), reserve(c, 0, blocks_of_shape(c, 1)), c.input_data(2),
                                  c.input_data(3), dims.num_elements(), c.output_data(0), c.parallel()),
      c.dtype(2));
}

TG_OP("random_uniform_int(state: resource, shape: int32|int64, minval: T, maxval: T) -> T")
    .types("T: int32 int64")
    .summary("Draws integers from the uniform distribution over [minval, maxval).")
    .doc(R"(Args:
  state: a random state, which moves on.
  shape: the shape wanted, a vector of int32 or int64.
  minval: the lowest number, 0-d; int32 or int64.
  maxval: the end of the range, 0-d, of the same dtype.

Returns:
  A tensor of this shape and the dtype of `minval`.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the range is empty (TG-0123), or the resource is no
    random state (TG-0501).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
