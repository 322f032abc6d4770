#include "ops/optimizer/optimizer.hpp"

namespace tg {
namespace {

void infer(InferContext& c) { require_numbers(c, 2, 4); }

void kernel(KernelContext& c) {
  double rate = c.number(2);
  kernels::OptimizerStep step = step_of(c, kernels::OptimizerRule::kAdagrad, rate);
  step.epsilon = c.number(3);
  step.keeps_slots = !c.bool_attr("update_slots");
  apply_step<2>(c, 4, step, rate);
}

TG_OP("apply_adagrad(var: resource, accum: resource, lr" TG_NUMBER ", epsilon" TG_NUMBER
      ", grad: T, *, update_slots: bool = true, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_adagrad")
    .summary("Changes a variable by one step of Adagrad, in place.")
    .doc(R"(J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods", JMLR 2011: accum += grad^2;
var -= lr * grad / (sqrt(accum) + epsilon).

Args:
  var: the handle of a variable of a floating dtype.
  accum: that of the sum of squares, of the same dtype and shape.
  lr: the learning rate, a single number.
  epsilon: added to the root.
  grad: the gradient, of the dtype and shape of the variable.
  update_slots: whether accum changes.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .example(R"(>>> v, accum = tg.Variable(1.0), tg.Variable(0.0)
>>> tg.nn.experimental.apply_adagrad(v.handle, accum.handle, 0.5, 0.0, 3.0)
>>> float(v), float(accum)
(0.5, 9.0))")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_WRITES);

// var, accum, accum_update, lr, rho, epsilon, grad
void infer_delta(InferContext& c) { require_numbers(c, 3, 6); }

void kernel_delta(KernelContext& c) {
  double rate = c.number(3);
  kernels::OptimizerStep step = step_of(c, kernels::OptimizerRule::kAdadelta, rate);
  step.a = c.number(4);
  step.epsilon = c.number(5);
  apply_step<3>(c, 6, step, rate);
}

TG_OP("apply_adadelta(var: resource, accum: resource, accum_update: resource, lr" TG_NUMBER ", rho" TG_NUMBER
      ", epsilon" TG_NUMBER ", grad: T, *, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_adadelta")
    .summary("Changes a variable by one step of Adadelta, in place.")
    .doc(R"(M. Zeiler, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701, 2012:
accum += (1 - rho) * (grad^2 - accum); update = sqrt(accum_update + epsilon) / sqrt(accum + epsilon) * grad;
accum_update += (1 - rho) * (update^2 - accum_update); var -= lr * update.

Args:
  var: the handle of a variable of a floating dtype.
  accum: that of the average of squares, of the same dtype and shape.
  accum_update: that of the average of squared updates, of the same dtype and shape.
  lr: the learning rate, a single number.
  rho: the share of the old averages.
  epsilon: added under the roots.
  grad: the gradient, of the dtype and shape of the variable.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .infer<infer_delta>()
    .kernel<kernel_delta>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
