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
    .types("T: int32 int64 uint32 uint64")
    .summary("Draws integers from the uniform distribution over [minval, maxval).")
    .doc(R"(Args:
  state: a random state, which moves on.
  shape: the shape wanted, a vector of int32 or int64.
  minval: the lowest number, 0-d; int32, int64, uint32 or uint64.
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

int full_dtype(const Context& c) {
  int dtype = c.dtype_attr("dtype");
  if (dtype != TG_INT32 && dtype != TG_INT64 && dtype != TG_UINT32 && dtype != TG_UINT64)
    throw invalid_argument("TG-0106", "dtype must be int32, int64, uint32 or uint64",
                           std::string("dtype=") + dtype_name(dtype));
  return dtype;
}

void infer_full(InferContext& c) { c.set_output(0, full_dtype(c), dims_of_shape_input(c, 1, "shape")); }

void fill_full(KernelContext& c, const Dims& dims, kernels::Philox stream) {
  int dtype = full_dtype(c);
  c.set_output_type(0, dtype, dims);
  check_kernel(
      kernels::random_full_int(kernel_dtype(dtype), stream, dims.num_elements(), c.output_data(0), c.parallel()), dtype);
}

void full(KernelContext& c) { fill_full(c, checked_dims(c.ints(1)), reserve(c, 0, blocks_of_shape(c, 1))); }

TG_OP("random_full_int(state: resource, shape: int32|int64, *, dtype: dtype = uint64) -> attr.dtype")
    .summary("Draws integers from all that a dtype has.")
    .doc(R"(Args:
  state: a random state, which moves on.
  shape: the shape wanted, a vector of int32 or int64.
  dtype: int32, int64, uint32 or uint64.

Returns:
  A tensor of this shape and dtype.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the dtype is not one of these (TG-0106), or the
    resource is no random state (TG-0501).
)")
    .infer<infer_full>()
    .kernel<full>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

void infer_stateless_full(InferContext& c) {
  require_seed(c, 1);
  c.set_output(0, full_dtype(c), dims_of_shape_input(c, 0, "shape"));
}

void stateless_full(KernelContext& c) { fill_full(c, checked_dims(c.ints(0)), stateless_stream(c, 1)); }

TG_OP("stateless_full_int(shape: int32|int64, seed: int32|int64, *, dtype: dtype = uint64) -> attr.dtype")
    .summary("Draws integers from all that a dtype has, as a function of a seed.")
    .doc(R"(Args:
  shape: the shape wanted, a vector of int32 or int64.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  dtype: int32, int64, uint32 or uint64.

Returns:
  A tensor of this shape and dtype.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the seed has not two elements (TG-0105), or the
    dtype is not one of these (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [2, 3]}, {"dtype": "int32", "value": [1, 2]}]}])")
    .infer<infer_stateless_full>()
    .kernel<stateless_full>();

}  // namespace
}  // namespace tg
