#include "ops/optimizer/optimizer.hpp"

namespace tg {
namespace {

void infer(InferContext& c) {
  require_numbers(c, 2, 3);
  require_rank(c.dims(4), 0, "momentum");
}

template <kernels::OptimizerRule rule>
void kernel(KernelContext& c) {
  double rate = c.number(2);
  kernels::OptimizerStep step = step_of(c, rule, rate);
  step.a = c.number(4);
  step.nesterov = c.bool_attr("use_nesterov");
  apply_step<2>(c, 3, step, rate);
}

TG_OP(
    "apply_momentum(var: resource, accum: resource, lr" TG_NUMBER ", grad: T, momentum" TG_NUMBER
    ", *, use_nesterov: bool = false, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_momentum")
    .summary("Changes a variable by a step with momentum, in place: accum = momentum * accum + grad; var -= lr * accum.")
    .doc(R"(With Nesterov's momentum, var -= lr * (grad + momentum * accum), with the new accum.

Args:
  var: the handle of a variable of a floating dtype.
  accum: that of the momentum, of the same dtype and shape.
  lr: the learning rate, a single number.
  grad: the gradient, of the dtype and shape of the variable.
  momentum: the share of the old accum, a single number.
  use_nesterov: whether to look ahead.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .example(R"(>>> v, accum = tg.Variable(1.0), tg.Variable(2.0)
>>> tg.nn.experimental.apply_momentum(v.handle, accum.handle, 0.5, 1.0, 0.5)
>>> float(v), float(accum)
(0.0, 2.0))")
    .infer<infer>()
    .kernel<kernel<kernels::OptimizerRule::kMomentum>>()
    .effects(TG_EFFECT_WRITES);

TG_OP(
    "apply_keras_momentum(var: resource, accum: resource, lr" TG_NUMBER ", grad: T, momentum" TG_NUMBER
    ", *, use_nesterov: bool = false, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_keras_momentum")
    .summary(
        "Changes a variable by a step with Keras' momentum, in place: accum = momentum * accum - lr * grad; var += accum.")
    .doc(R"(With Nesterov's momentum, var += momentum * accum - lr * grad, with the new accum.

Args:
  var: the handle of a variable of a floating dtype.
  accum: that of the momentum, of the same dtype and shape.
  lr: the learning rate, a single number.
  grad: the gradient, of the dtype and shape of the variable.
  momentum: the share of the old accum, a single number.
  use_nesterov: whether to look ahead.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .example(R"(>>> v, accum = tg.Variable(1.0), tg.Variable(2.0)
>>> tg.nn.experimental.apply_keras_momentum(v.handle, accum.handle, 0.5, 1.0, 0.5)
>>> float(v), float(accum)
(1.5, 0.5))")
    .infer<infer>()
    .kernel<kernel<kernels::OptimizerRule::kKerasMomentum>>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
