// One call of an op's gradient function.
#ifndef TENSEGRA_AUTODIFF_GRADIENT_CALL_H_
#define TENSEGRA_AUTODIFF_GRADIENT_CALL_H_

#include <functional>
#include <list>
#include <vector>

#include "schema/infer.h"
#include "schema/op_context.h"

namespace tg {

// Where the forward call's tensors come from: a tape has them, a graph makes them on demand.
struct ForwardCall {
  const tg_op* op;
  AttrsRef attrs;
  size_t num_inputs;
  size_t num_outputs;
  std::function<TensorRef(size_t)> input;
  std::function<TensorRef(size_t)> output;
  std::function<TensorType(size_t)> input_type;
};

// Gradients of the inputs (null where none), from gradients of the outputs (entries may be null).
// Throws TG-0113 for an op without gradient.
std::vector<TensorRef> call_gradient(const ForwardCall& call, const std::vector<TensorRef>& output_gradients,
                                     const std::vector<bool>& needed);

// TG-0113 for that op.
Error no_gradient(const tg_op& op);

// x + y as an op, recorded like any other.
TensorRef add_gradients(const TensorRef& x, const TensorRef& y);
// ones_like / zeros_like
TensorRef call_unary(const char* op, const TensorRef& x);

}  // namespace tg

#endif  // TENSEGRA_AUTODIFF_GRADIENT_CALL_H_
