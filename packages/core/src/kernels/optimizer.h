// One step of an optimizer: a variable and what is kept beside it change in one pass over their memory.
#ifndef TENSEGRA_KERNELS_OPTIMIZER_H_
#define TENSEGRA_KERNELS_OPTIMIZER_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

// w is the variable, g the gradient, s[i] what is kept beside w; a, b, rate and epsilon are those of the step.
enum class OptimizerRule : int32_t {
  kDescent,       // w -= rate * g
  kMomentum,      // s0 = a * s0 + g; w -= rate * s0 (nesterov: rate * (g + a * s0))
  kKerasMomentum, // s0 = a * s0 - rate * g; w += s0 (nesterov: a * s0 - rate * g)
  kAdam,          // s0 += (1-a) (g - s0); s1 += (1-b) (g^2 - s1); w -= rate * s0 / (sqrt(s1) + epsilon)
                  // (nesterov: a * s0 + (1-a) g in the place of s0)
  kAmsgrad,       // the same with s2 = max(s2, s1) under the root
  kAdaMax,        // s0 += (1-a) (g - s0); s1 = max(b * s1, |g|); w -= rate * s0 / (s1 + epsilon)
  kAdagrad,       // s0 += g^2; w -= rate * g / (sqrt(s0) + epsilon)
  kAdadelta,      // s0 += (1-a) (g^2 - s0); u = sqrt(s1 + epsilon) / sqrt(s0 + epsilon) * g;
                  // s1 += (1-a) (u^2 - s1); w -= rate * u
  kRmsProp,       // s0 += (1-a) (g^2 - s0); w -= rate * g / sqrt(s0 + epsilon)
  kRmsPropMomentum,  // s1 = b * s1 + that step; w -= s1
  kCenteredRmsProp,  // the same, s2 += (1-a) (g - s2), and s0 - s2^2 under the root
};

constexpr int kMaxSlots = 3;

struct OptimizerStep {
  OptimizerRule rule;
  int32_t slots;                     // how many s there are
  bool nesterov;
  bool keeps_slots;                  // kAdagrad: s0 stays as it is
  double rate, a, b, epsilon;
  double decay;                      // w -= decay * w comes first
  // [0] is the variable; a target is its source or does not overlap any array.
  const void* from[1 + kMaxSlots];
  void* to[1 + kMaxSlots];
  const void* gradient;
};

// All arrays have n elements of the dtype: float32, float64, or float16 and bfloat16, which are computed in float32.
Status optimizer_step(DType dtype, const OptimizerStep& step, int64_t n, const Parallel& parallel);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_OPTIMIZER_H_
