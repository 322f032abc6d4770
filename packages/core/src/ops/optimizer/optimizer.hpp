// What the steps of optimizers share: variables that change together, and hyperparameters.
#ifndef TENSEGRA_OPS_OPTIMIZER_HPP_
#define TENSEGRA_OPS_OPTIMIZER_HPP_

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "kernels/optimizer.h"
#include "ops/state/state.hpp"

namespace tg {

#define TG_NUMBER ": float32|float64"
#define TG_STEP_TYPES "T: " TG_ALL_FLOATS
// The last attribute of every step, and its description.
#define TG_DECAY_ATTR "weight_decay: float = 0.0"
#define TG_DECAY_DOC \
  "  weight_decay: what share of the variable is taken away first, times the learning rate; at least 0.\n"
#define TG_STEP_RAISES                                                                                               \
  "\nRaises:\n"                                                                                                     \
  "  FailedPreconditionError: one of the variables has no value (TG-0115).\n"                                      \
  "  InvalidArgumentError: the gradient has another dtype or shape than the variable, or what is kept beside it\n"  \
  "    has (TG-0116); a handle is that of no variable (TG-0501); the same variable is given twice (TG-0780); a\n"   \
  "    hyperparameter is no single number (TG-0103); `weight_decay` is negative or not finite (TG-0106).\n"

// Whether an input is 0-d, as far as is known.
inline void require_numbers(InferContext& c, size_t first, size_t last) {
  for (size_t i = first; i < last; ++i) require_rank(c.dims(i), 0, "a hyperparameter");
  double decay = c.float_attr("weight_decay");
  if (!(decay >= 0) || decay > 1e300)
    throw invalid_argument("TG-0106", "weight_decay must be a number of at least 0",
                           "weight_decay=" + std::to_string(decay));
}

// Inputs [0, kCount) are variables, which `step` changes by the gradient that is input `gradient`. The first is trained;
// the others are handed to the kernel in this order.
template <size_t kCount>
void apply_step(KernelContext& c, size_t gradient, kernels::OptimizerStep step, double rate) {
  std::array<std::optional<Resource>, kCount> variables;
  for (size_t i = 0; i < kCount; ++i) variables[i].emplace(c.input_tensor(i));
  std::array<size_t, kCount> order;
  for (size_t i = 0; i < kCount; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::less<const void*>()(variables[a]->get(), variables[b]->get());
  });
  for (size_t i = 1; i < kCount; ++i)
    if (variables[order[i]]->get() == variables[order[i - 1]]->get())
      throw invalid_argument("TG-0780", "a step changes variables that differ",
                             "the same variable as inputs " + std::to_string(std::min(order[i], order[i - 1])) +
                                 " and " + std::to_string(std::max(order[i], order[i - 1])));
  std::array<std::optional<Update>, kCount> updates;
  for (size_t i : order) updates[i].emplace(*variables[i]);
  const int dtype = c.dtype(gradient);
  const Dims dims = c.dims(gradient);
  for (size_t i = 0; i < kCount; ++i) {
    if (updates[i]->dtype() != dtype || updates[i]->dims() != dims)
      throw invalid_argument("TG-0116", "the gradient must have the dtype and the shape of the variables",
                             std::string("a gradient of dtype ") + dtype_name(dtype) + " and shape " + dims.str() +
                                 ", variable " + std::to_string(i) + " of dtype " + dtype_name(updates[i]->dtype()) +
                                 " and shape " + updates[i]->dims().str());
    step.from[i] = updates[i]->from();
    step.to[i] = updates[i]->to();
  }
  step.slots = static_cast<int32_t>(kCount) - 1;
  step.rate = rate;
  step.gradient = c.input_data(gradient);
  check_kernel(kernels::optimizer_step(kernel_dtype(dtype), step, dims.num_elements(), c.parallel()), dtype);
  for (auto& update : updates) update->commit();
}

// A step whose learning rate decays the variable too.
inline kernels::OptimizerStep step_of(const KernelContext& c, kernels::OptimizerRule rule, double learning_rate) {
  kernels::OptimizerStep step{};
  step.rule = rule;
  step.decay = learning_rate * c.float_attr("weight_decay");
  return step;
}

}  // namespace tg

#endif  // TENSEGRA_OPS_OPTIMIZER_HPP_
