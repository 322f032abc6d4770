#include "ops/optimizer/optimizer.hpp"

namespace tg {
namespace {

// ms, lr, rho, epsilon, grad
void infer_plain(InferContext& c) { require_numbers(c, 2, 5); }

void kernel_plain(KernelContext& c) {
  double rate = c.number(2);
  kernels::OptimizerStep step = step_of(c, kernels::OptimizerRule::kRmsProp, rate);
  step.a = c.number(3);
  step.epsilon = c.number(4);
  apply_step<2>(c, 5, step, rate);
}

// The numbers lr, rho, momentum, epsilon; then the gradient.
template <size_t kVariables>
void infer(InferContext& c) {
  require_numbers(c, kVariables, kVariables + 4);
}

template <size_t kVariables, kernels::OptimizerRule rule>
void kernel(KernelContext& c) {
  double rate = c.number(kVariables);
  kernels::OptimizerStep step = step_of(c, rule, rate);
  step.a = c.number(kVariables + 1);
  step.b = c.number(kVariables + 2);
  step.epsilon = c.number(kVariables + 3);
  apply_step<kVariables>(c, kVariables + 4, step, rate);
}

TG_OP("apply_plain_rms_prop(var: resource, ms: resource, lr" TG_NUMBER ", rho" TG_NUMBER ", epsilon" TG_NUMBER
      ", grad: T, *, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_plain_rms_prop")
    .summary("Changes a variable by one step of RMSProp without momentum, in place.")
    .doc(R"(T. Tieleman, G. Hinton, "Lecture 6.5: rmsprop", 2012: ms += (1 - rho) * (grad^2 - ms);
var -= lr * grad / sqrt(ms + epsilon).

Args:
  var: the handle of a variable of a floating dtype.
  ms: that of the average of squares, of the same dtype and shape.
  lr: the learning rate, a single number.
  rho: the share of the old ms.
  epsilon: added under the root.
  grad: the gradient, of the dtype and shape of the variable.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .infer<infer_plain>()
    .kernel<kernel_plain>()
    .effects(TG_EFFECT_WRITES);

TG_OP("apply_rms_prop(var: resource, ms: resource, mom: resource, lr" TG_NUMBER ", rho" TG_NUMBER
      ", momentum" TG_NUMBER ", epsilon" TG_NUMBER ", grad: T, *, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_rms_prop")
    .summary("Changes a variable by one step of RMSProp with momentum, in place.")
    .doc(R"(T. Tieleman, G. Hinton, "Lecture 6.5: rmsprop", 2012: ms += (1 - rho) * (grad^2 - ms);
mom = momentum * mom + lr * grad / sqrt(ms + epsilon); var -= mom.

Args:
  var: the handle of a variable of a floating dtype.
  ms: that of the average of squares, of the same dtype and shape.
  mom: that of the momentum, of the same dtype and shape.
  lr: the learning rate, a single number.
  rho: the share of the old ms.
  momentum: the share of the old mom.
  epsilon: added under the root.
  grad: the gradient, of the dtype and shape of the variable.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .infer<infer<3>>()
    .kernel<kernel<3, kernels::OptimizerRule::kRmsPropMomentum>>()
    .effects(TG_EFFECT_WRITES);

TG_OP("apply_centered_rms_prop(var: resource, ms: resource, mom: resource, mg: resource, lr" TG_NUMBER ", rho" TG_NUMBER
      ", momentum" TG_NUMBER ", epsilon" TG_NUMBER ", grad: T, *, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_centered_rms_prop")
    .summary("Changes a variable by one step of RMSProp that divides by an estimate of the variance, in place.")
    .doc(R"(As apply_rms_prop, with mg += (1 - rho) * (grad - mg), and ms - mg^2 + epsilon under the root.

Args:
  var: the handle of a variable of a floating dtype.
  ms: that of the average of squares, of the same dtype and shape.
  mom: that of the momentum, of the same dtype and shape.
  mg: that of the average of gradients, of the same dtype and shape.
  lr: the learning rate, a single number.
  rho: the share of the old ms and mg.
  momentum: the share of the old mom.
  epsilon: added under the root.
  grad: the gradient, of the dtype and shape of the variable.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .infer<infer<4>>()
    .kernel<kernel<4, kernels::OptimizerRule::kCenteredRmsProp>>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
