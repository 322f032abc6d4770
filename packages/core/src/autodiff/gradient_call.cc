#include "autodiff/gradient_call.h"

#include "base/status.h"
#include "schema/infer.h"

namespace tg {
namespace {

class GradientCall final : public tg_op_context {
 public:
  GradientCall(const ForwardCall& call, const std::vector<TensorRef>& output_gradients,
               const std::vector<bool>& needed)
      : tg_op_context(*call.op, *call.attrs),
        call_(call),
        output_gradients_(output_gradients),
        needed_(needed),
        input_gradients(call.num_inputs) {}

  size_t num_inputs() const override { return call_.num_inputs; }
  size_t num_outputs() const override { return call_.num_outputs; }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, call_.num_inputs);
    // Kept, since the caller reads the dims after this returns.
    described_.push_back(call_.input_type(index));
    desc->data = nullptr;
    desc->dtype = described_.back().dtype;
    desc->dims = described_.back().dims.data();
    desc->rank = described_.back().dims.rank();
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
    check_index(index, output_gradients_.size());
    return output_gradients_[index];
  }
  bool needs_gradient(size_t index) override { return index < needed_.size() && needed_[index]; }
  void set_input_gradient(size_t index, tg_tensor* gradient) override {
    check_index(index, input_gradients.size());
    input_gradients[index] = TensorRef::share(gradient);
  }

 private:
  const ForwardCall& call_;
  const std::vector<TensorRef>& output_gradients_;
  const std::vector<bool>& needed_;
  std::list<TensorType> described_;

 public:
  std::vector<TensorRef> input_gradients;
};

TensorRef call_binary(const char* name, const TensorRef& x, const TensorRef* y) {
  const tg_op* op = find_op(name);
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

std::vector<TensorRef> call_gradient(const ForwardCall& call, const std::vector<TensorRef>& output_gradients,
                                     const std::vector<bool>& needed) {
  if (!call.op->def.gradient) throw no_gradient(*call.op);
  GradientCall gradient(call, output_gradients, needed);
  throw_status(call.op->def.gradient(&gradient), (call.op->name + " gradient").c_str());
  return std::move(gradient.input_gradients);
}

TensorRef add_gradients(const TensorRef& x, const TensorRef& y) { return call_binary("add", x, &y); }
TensorRef call_unary(const char* op, const TensorRef& x) { return call_binary(op, x, nullptr); }

}  // namespace tg
