#include "ops/random/random.hpp"

namespace tg {
namespace {

void kernel(KernelContext& c) {
  fill_random(c, 1, kernels::RandomDistribution::kTruncatedNormal, reserve(c, 0, blocks_of_shape(c, 1)));
}

TG_OP("random_truncated_normal(state: resource, shape: int32|int64, *, dtype: dtype = float32) -> attr.dtype")
    .summary("Draws from a standard normal distribution cut at two standard deviations.")
    .doc(R"(Args:
  state: a random state, which moves on.
  shape: the shape wanted, a vector of int32 or int64.
  dtype: float16, bfloat16, float32 or float64.

Returns:
  A tensor of this shape and dtype.

Raises:
  InvalidArgumentError: the shape is not valid (TG-0109, TG-0103), the dtype is not one of these (TG-0106), or the
    resource is no random state (TG-0501).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .infer<infer_stateful>()
    .kernel<kernel>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
