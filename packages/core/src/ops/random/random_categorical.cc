#include "ops/random/categorical.hpp"

namespace tg {
namespace {

void infer(InferContext& c) { infer_categorical(c, 1); }

void kernel(KernelContext& c) {
  // Samples of a row are counted in fours, and each takes two words.
  int64_t samples = (samples_attr(c) + 3) / 4 * 4;
  run_categorical(c, 1, reserve(c, 0, kernels::philox_blocks_of_stateful_op(c.dims(1)[0] * samples * 2)));
}

TG_OP("random_categorical(state: resource, logits: T, *, num_samples: int, dtype: dtype = int64) -> attr.dtype")
    .types("T: " TG_ALL_FLOATS)
    .summary("Draws class numbers with probabilities softmax(logits).")
    .doc(R"(Args:
  state: a random state, which moves on.
  logits: unnormalized log probabilities, of shape [batch, classes]; a floating-point dtype. A class whose logit is not
    finite is never drawn.
  num_samples: how many to draw for each row.
  dtype: int32 or int64.

Returns:
  A tensor of shape [batch, num_samples].

Raises:
  InvalidArgumentError: `logits` is not a matrix (TG-0103) or has no classes (TG-0124), `num_samples` is negative
    (TG-0109), the dtype is another one (TG-0106), or the resource is no random state (TG-0501).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<no_gradient>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
