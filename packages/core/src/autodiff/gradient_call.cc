#include "autodiff/gradient_call.h"

#include "base/status.h"
#include "schema/infer.h"
#include "tensegra/call.hpp"

namespace tg {
namespace {

class GradientCall final : public tg_op_context {
 public:
  GradientCall(ForwardCall& call, const TensorRef* output_gradients, const bool* needed, TensorRef* input_gradients)
      : tg_op_context(call.op, *call.attrs),
        call_(call),
        output_gradients_(output_gradients),
        needed_(needed),
        input_gradients_(input_gradients) {}

  size_t num_inputs() const override { return call_.num_inputs; }
  size_t num_outputs() const override { return call_.num_outputs; }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, call_.num_inputs);
    const Dims& dims = call_.input_dims(index);
    desc->data = nullptr;
    desc->dtype = call_.input_dtype(index);
    desc->dims = dims.data();
    desc->rank = dims.rank();
  }
  TensorRef input_tensor(size_t index) override {
    check_index(index, call_.num_inputs);
    return call_.input(index);
  }
  TensorRef output_tensor(size_t index) override {
    check_index(index, call_.num_outputs);
    return call_.output(index);
  }
  TensorRef output_gradient(size_t index) override {
    check_index(index, call_.num_outputs);
    return output_gradients_[index];
  }
  bool needs_gradient(size_t index) override { return index < call_.num_inputs && needed_[index]; }
  void set_input_gradient(size_t index, tg_tensor* gradient) override {
    check_index(index, call_.num_inputs);
    input_gradients_[index] = TensorRef::share(gradient);
  }

 private:
  ForwardCall& call_;
  const TensorRef* output_gradients_;
  const bool* needed_;
  TensorRef* input_gradients_;
};

TensorRef call_binary(const char* name, const TensorRef& x, const TensorRef* y) {
  const tg_op* op = op_named(name);
  tg_tensor* inputs[2] = {x.get(), y ? y->get() : nullptr};
  tg_tensor* out = nullptr;
  size_t count = 1;
  throw_status(api().eager->execute(op, inputs, y ? 2 : 1, nullptr, 0, &out, &count));
  return TensorRef::adopt(out);
}

}  // namespace

Error no_gradient(const tg_op& op) {
  return Error(TG_UNIMPLEMENTED, "TG-0113",
               "[" + op.name + "] a gradient can only flow through ops that have a gradient function. Received: op=" +
                   op.name + ", which has none");
}

void call_gradient(ForwardCall& call, const TensorRef* output_gradients, const bool* needed,
                   TensorRef* input_gradients) {
  if (!call.op.def.gradient) throw no_gradient(call.op);
  GradientCall gradient(call, output_gradients, needed, input_gradients);
  if (tg_status* failed = call.op.def.gradient(&gradient)) throw_status(failed, (call.op.name + " gradient").c_str());
}

TensorRef add_gradients(const TensorRef& x, const TensorRef& y) { return call_binary("add", x, &y); }
TensorRef call_unary(const char* op, const TensorRef& x) { return call_binary(op, x, nullptr); }

}  // namespace tg
