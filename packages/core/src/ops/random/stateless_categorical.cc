#include "ops/random/categorical.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_seed(c, 1);
  infer_categorical(c, 0);
}

void kernel(KernelContext& c) { run_categorical(c, 0, stateless_stream(c, 1)); }

TG_OP("stateless_categorical(logits: T, seed: int32|int64, *, num_samples: int, dtype: dtype = int64) -> attr.dtype")
    .types("T: " TG_ALL_FLOATS)
    .summary("Draws class numbers with probabilities softmax(logits), as a function of a seed.")
    .doc(R"(Args:
  logits: unnormalized log probabilities, of shape [batch, classes]; a floating-point dtype. A class whose logit is not
    finite is never drawn.
  seed: two integers, int32 or int64; the same seed gives the same numbers.
  num_samples: how many to draw for each row.
  dtype: int32 or int64.

Returns:
  A tensor of shape [batch, num_samples].

Raises:
  InvalidArgumentError: `logits` is not a matrix (TG-0103) or has no classes (TG-0124), the seed has not two elements
    (TG-0105), `num_samples` is negative (TG-0109), or the dtype is another one (TG-0106).

Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10), with TensorFlow's
seeding.
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "int32", "value": [1, 2]}],
           "attributes": {"num_samples": 4}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<no_gradient>();

}  // namespace
}  // namespace tg
