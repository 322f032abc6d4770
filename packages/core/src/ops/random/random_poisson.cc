#include "ops/random/samples.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  c.set_output(0, count_attr_dtype(c), joined(dims_of_shape_input(c, 1, "shape"), c.dims(2)));
}

// Integers have no NaN for the draws of a rate that is none.
std::vector<double> rates(const KernelContext& c, int dtype) {
  std::vector<double> values = read_doubles(c, 2);
  if (is_floating(dtype)) return values;
  for (double rate : values)
    if (!(rate >= 0) || std::isinf(rate))
      throw invalid_argument("TG-0123", "a rate must be finite and not negative where integers are drawn",
                             "lam=" + std::to_string(rate));
  return values;
}

void fill(KernelContext& c, const kernels::Philox& stream, int64_t samples) {
  int dtype = count_attr_dtype(c);
  std::vector<double> rate = rates(c, dtype);
  double highest = highest_of(dtype);
  fill_samples(c, dtype, stream, static_cast<int64_t>(rate.size()), samples, [&](const kernels::Philox& at, int64_t k) {
    return kernels::draw_poisson(at, rate[k], highest);
  });
}

void kernel(KernelContext& c) {
  Dims shape = checked_dims(c.ints(1));
  Dims out = joined(shape, c.dims(2));
  c.set_output_type(0, count_attr_dtype(c), checked_dims(std::vector<int64_t>(out.begin(), out.end())));
  fill(c, reserve(c, 0, kernels::philox_blocks_of_stateful_op(out.num_elements())), shape.num_elements());
}

void infer_stateless(InferContext& c) {
  require_seed(c, 1);
  c.set_output(0, count_attr_dtype(c), dims_of_shape_input(c, 0, "shape"));
}

void stateless(KernelContext& c) {
  Dims shape = checked_dims(c.ints(0));
  c.set_output_type(0, count_attr_dtype(c), shape);
  fill(c, stateless_stream(c, 1), samples_of(shape, c.dims(2), "lam"));
}

TG_OP("random_poisson(state: resource, shape: int32|int64, lam: T, *, dtype: dtype = float32) -> attr.dtype")
    .types("T: float16 bfloat16 float32 float64 int32 int64")
    .summary("Draws from Poisson distributions.")
    .doc(R"(Args:
  state: a random state, which moves on.
  shape: how many draws each rate gets, a vector of int32 or int64.
  lam: the rates, not negative. Draws of a negative, infinite or NaN rate are NaN.
  dtype: int32, int64 or a floating-point dtype.

Returns:
  A tensor of this dtype and of shape `shape` followed by the shape of `lam`.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the dtype is not one of these (TG-0106), a rate has
    no integer draws (TG-0123), or the resource is no random state (TG-0501).

Source: Knuth, "The Art of Computer Programming", 3.4.1; Hormann, "The transformed rejection method for generating
Poisson random variables", 1993; TensorFlow's seeding.
)")
    .infer<infer>()
    .kernel<kernel>()
    .gradient<no_gradient>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

TG_OP("stateless_poisson(shape: int32|int64, seed: int32|int64, lam: T, *, dtype: dtype = int32) -> attr.dtype")
    .types("T: float16 bfloat16 float32 float64 int32 int64")
    .summary("Draws from Poisson distributions, as a function of a seed.")
    .doc(R"(Args:
  shape: the shape wanted, a vector of int32 or int64, which ends with the shape of `lam`.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  lam: the rates, not negative. Draws of a negative, infinite or NaN rate are NaN.
  dtype: int32, int64 or a floating-point dtype.

Returns:
  A tensor of this shape and dtype.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103) or does not end with that of `lam`, or the seed has
    not two elements (TG-0105), the dtype is not one of these (TG-0106), or a rate has no integer draws (TG-0123).

Source: Knuth, "The Art of Computer Programming", 3.4.1; Hormann, "The transformed rejection method for generating
Poisson random variables", 1993; TensorFlow's seeding.
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [4, 2]}, {"dtype": "int32", "value": [1, 2]},
                      {"dtype": "float32", "value": [0.5, 30.0]}]}])")
    .infer<infer_stateless>()
    .kernel<stateless>()
    .gradient<no_gradient>();

}  // namespace
}  // namespace tg
