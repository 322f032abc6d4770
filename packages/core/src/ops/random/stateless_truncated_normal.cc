#include "ops/random/random.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  fill_random(c, 0, kernels::RandomDistribution::kTruncatedNormal, stateless_stream(c, 1));
}

TG_OP("stateless_truncated_normal(shape: int32|int64, seed: int32|int64, *, dtype: dtype = float32) -> attr.dtype")
    .summary("Draws from a standard normal distribution cut at two standard deviations, as a function of a seed.")
    .doc(R"(Args:
  shape: the shape wanted, a vector of int32 or int64.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  dtype: float16, bfloat16, float32 or float64.

Returns:
  A tensor of this shape and dtype.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the seed has not two elements (TG-0105), or the
    dtype is not one of these (TG-0106).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [2, 3]}, {"dtype": "int32", "value": [1, 2]}]},
          {"inputs": [{"dtype": "int64", "value": []}, {"dtype": "int64", "value": [7, -1]}],
           "attributes": {"dtype": "float64"}}])")
    .infer<infer_stateless>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
