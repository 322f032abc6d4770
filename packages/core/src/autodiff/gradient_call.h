// One call of an op's gradient function.
#ifndef TENSEGRA_AUTODIFF_GRADIENT_CALL_H_
#define TENSEGRA_AUTODIFF_GRADIENT_CALL_H_

#include <vector>

#include "schema/infer.h"
#include "schema/op_context.h"

namespace tg {

// Where the forward call's tensors come from: a tape has them, a graph makes them on demand.
class ForwardCall {
 public:
  ForwardCall(const tg_op& op, const AttrsRef& attrs, size_t num_inputs, size_t num_outputs)
      : op(op), attrs(attrs), num_inputs(num_inputs), num_outputs(num_outputs) {}
  virtual ~ForwardCall() = default;
  virtual TensorRef input(size_t index) = 0;
  virtual TensorRef output(size_t index) = 0;
  virtual int input_dtype(size_t index) = 0;
  virtual const Dims& input_dims(size_t index) = 0;  // valid during the gradient function

  const tg_op& op;
  const AttrsRef& attrs;
  const size_t num_inputs;
  const size_t num_outputs;
};

// Gradients of the inputs (null where none), from gradients of the outputs (entries may be null).
// Throws TG-0113 for an op without gradient.
void call_gradient(ForwardCall& call, const TensorRef* output_gradients, const bool* needed,
                   TensorRef* input_gradients);

// TG-0113 for that op.
Error no_gradient(const tg_op& op);

// x + y as an op, recorded like any other.
TensorRef add_gradients(const TensorRef& x, const TensorRef& y);
// ones_like / zeros_like
TensorRef call_unary(const char* op, const TensorRef& x);

}  // namespace tg

#endif  // TENSEGRA_AUTODIFF_GRADIENT_CALL_H_
