#include "ops/optimizer/optimizer.hpp"

namespace tg {
namespace {

void infer(InferContext& c) { require_numbers(c, 1, 2); }

void kernel(KernelContext& c) {
  double rate = c.number(1);
  apply_step<1>(c, 2, step_of(c, kernels::OptimizerRule::kDescent, rate), rate);
}

TG_OP("apply_gradient_descent(var: resource, alpha" TG_NUMBER ", delta: T, *, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_gradient_descent")
    .summary("Changes a variable by one step of gradient descent, in place: var -= alpha * delta.")
    .doc(R"(Args:
  var: the handle of a variable of a floating dtype.
  alpha: the learning rate, a single number.
  delta: the gradient, of the dtype and shape of the variable.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .example(R"(>>> v = tg.Variable([1.0, 2.0])
>>> tg.nn.experimental.apply_gradient_descent(v.handle, 0.5, [1.0, -1.0])
>>> v.numpy()
array([0.5, 2.5], dtype=float32))")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
