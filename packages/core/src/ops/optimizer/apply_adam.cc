#include <cmath>

#include "ops/optimizer/optimizer.hpp"

namespace tg {
namespace {

// The numbers that begin at input `first`: beta1_power, beta2_power, lr, beta1, beta2, epsilon; then the gradient.
template <size_t kVariables>
void infer(InferContext& c) {
  require_numbers(c, kVariables, kVariables + 6);
}

template <size_t kVariables, kernels::OptimizerRule rule>
void kernel(KernelContext& c) {
  constexpr size_t first = kVariables;
  double power1 = c.number(first), power2 = c.number(first + 1), rate = c.number(first + 2);
  kernels::OptimizerStep step = step_of(c, rule, rate);
  step.a = c.number(first + 3);
  step.b = c.number(first + 4);
  step.epsilon = c.number(first + 5);
  if (kVariables == 3) step.nesterov = c.bool_attr("use_nesterov");
  apply_step<kVariables>(c, first + 6, step, rate * std::sqrt(1 - power2) / (1 - power1));
}

#define TG_ADAM_NUMBERS                                                                        \
  "beta1_power" TG_NUMBER ", beta2_power" TG_NUMBER ", lr" TG_NUMBER ", beta1" TG_NUMBER       \
  ", beta2" TG_NUMBER ", epsilon" TG_NUMBER ", grad: T, *, "
#define TG_ADAM_NUMBERS_DOC                                                         \
  "  beta1_power: beta1 to the power of the number of this step, which begins with 1.\n" \
  "  beta2_power: the same of beta2.\n"                                                \
  "  lr: the learning rate.\n"                                                         \
  "  beta1: the share of the old m.\n"                                                 \
  "  beta2: the share of the old v.\n"                                                 \
  "  epsilon: added to the root.\n"                                                    \
  "  grad: the gradient, of the dtype and shape of the variable.\n"

TG_OP("apply_adam(var: resource, m: resource, v: resource, " TG_ADAM_NUMBERS
      "use_nesterov: bool = false, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_adam")
    .summary("Changes a variable by one step of Adam, in place.")
    .doc(R"(D. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015; with use_nesterov, T. Dozat,
"Incorporating Nesterov momentum into Adam", 2016: m += (1 - beta1) * (grad - m); v += (1 - beta2) * (grad^2 - v);
var -= lr * sqrt(1 - beta2_power) / (1 - beta1_power) * m / (sqrt(v) + epsilon), or with beta1 * m + (1 - beta1) * grad
in the place of the last m.

Args:
  var: the handle of a variable of a floating dtype.
  m: that of the average of gradients, of the same dtype and shape.
  v: that of the average of squares, of the same dtype and shape.
)" TG_ADAM_NUMBERS_DOC "  use_nesterov: whether to look ahead.\n" TG_DECAY_DOC TG_STEP_RAISES)
    .example(R"(>>> w, m, v = tg.Variable(1.0), tg.Variable(0.0), tg.Variable(0.0)
>>> tg.nn.experimental.apply_adam(w.handle, m.handle, v.handle, 0.9, 0.999, 0.1, 0.9, 0.999, 1e-7, 5.0)
>>> round(float(w), 4), round(float(m), 4), round(float(v), 4)
(0.9, 0.5, 0.025))")
    .infer<infer<3>>()
    .kernel<kernel<3, kernels::OptimizerRule::kAdam>>()
    .effects(TG_EFFECT_WRITES);

TG_OP("apply_adam_with_amsgrad(var: resource, m: resource, v: resource, vhat: resource, " TG_ADAM_NUMBERS
      TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_adam_with_amsgrad")
    .summary("Changes a variable by one step of Adam that divides by the greatest average so far, in place.")
    .doc(R"(S. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond", ICLR 2018: as apply_adam, with
vhat = max(vhat, v) under the root.

Args:
  var: the handle of a variable of a floating dtype.
  m: that of the average of gradients, of the same dtype and shape.
  v: that of the average of squares, of the same dtype and shape.
  vhat: that of the greatest v so far, of the same dtype and shape.
)" TG_ADAM_NUMBERS_DOC TG_DECAY_DOC TG_STEP_RAISES)
    .infer<infer<4>>()
    .kernel<kernel<4, kernels::OptimizerRule::kAmsgrad>>()
    .effects(TG_EFFECT_WRITES);

void infer_max(InferContext& c) { require_numbers(c, 3, 8); }

void kernel_max(KernelContext& c) {
  double rate = c.number(4);
  kernels::OptimizerStep step = step_of(c, kernels::OptimizerRule::kAdaMax, rate);
  step.a = c.number(5);
  step.b = c.number(6);
  step.epsilon = c.number(7);
  apply_step<3>(c, 8, step, rate / (1 - c.number(3)));
}

TG_OP("apply_ada_max(var: resource, m: resource, v: resource, beta1_power" TG_NUMBER ", lr" TG_NUMBER
      ", beta1" TG_NUMBER ", beta2" TG_NUMBER ", epsilon" TG_NUMBER ", grad: T, *, " TG_DECAY_ATTR ")")
    .types(TG_STEP_TYPES)
    .names("nn.experimental.apply_ada_max")
    .summary("Changes a variable by one step of AdaMax, in place.")
    .doc(R"(D. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1:
m += (1 - beta1) * (grad - m); v = max(beta2 * v, |grad|); var -= lr / (1 - beta1_power) * m / (v + epsilon).

Args:
  var: the handle of a variable of a floating dtype.
  m: that of the average of gradients, of the same dtype and shape.
  v: that of the greatest gradients, of the same dtype and shape.
  beta1_power: beta1 to the power of the number of this step, which begins with 1.
  lr: the learning rate.
  beta1: the share of the old m.
  beta2: what v decays by.
  epsilon: added to v.
  grad: the gradient, of the dtype and shape of the variable.
)" TG_DECAY_DOC TG_STEP_RAISES)
    .infer<infer_max>()
    .kernel<kernel_max>()
    .effects(TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
