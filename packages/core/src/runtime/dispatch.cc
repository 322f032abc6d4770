#include "runtime/dispatch.h"

#include "autodiff/tape.h"
#include "base/status.h"
#include "runtime/kernel_call.h"
#include "tensor/resource.h"

namespace tg {
namespace {

class ComposeCall final : public tg_op_context {
 public:
  ComposeCall(const tg_op& op, const Attrs& attrs, const std::vector<TensorRef>& inputs)
      : tg_op_context(op, attrs), inputs_(inputs), outputs(op.schema.num_outputs) {}

  size_t num_inputs() const override { return inputs_.size(); }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, inputs_.size());
    describe(*inputs_[index], desc);
  }
  void constant_input(size_t index, tg_tensor_desc* desc) override { input(index, desc); }
  TensorRef input_tensor(size_t index) override {
    check_index(index, inputs_.size());
    return inputs_[index];
  }
  void set_output_tensor(size_t index, tg_tensor* tensor) override {
    check_index(index, outputs.size());
    outputs[index] = TensorRef::share(tensor);
  }

 private:
  const std::vector<TensorRef>& inputs_;

 public:
  std::vector<TensorRef> outputs;
};

std::vector<TensorRef> compose(const tg_op& op, const Attrs& attrs, const std::vector<TensorRef>& inputs) {
  ComposeCall call(op, attrs, inputs);
  throw_status(op.def.compose(&call), op.name.c_str());
  for (const TensorRef& output : call.outputs)
    if (!output) throw internal_error("[" + op.name + "] it left an output unset");
  return std::move(call.outputs);
}

std::vector<TensorRef> run_eagerly(const tg_op& op, const Attrs& attrs, const std::vector<TensorRef>& inputs) {
  for (const TensorRef& input : inputs)
    if (input->is_symbolic())
      throw invalid_argument("TG-0118", "[" + op.name + "] a value of a graph cannot be used outside of it",
                             "value of " + type_text(input->dtype, input->dims));
  std::vector<Slot> slots(inputs.size() + op.schema.num_outputs);
  std::vector<Slot*> places(slots.size());
  for (size_t i = 0; i < slots.size(); ++i) places[i] = &slots[i];
  for (size_t i = 0; i < inputs.size(); ++i) slots[i].set(inputs[i]);
  run_primitive(op, attrs, places.data(), inputs.size(), places.data() + inputs.size());
  std::vector<TensorRef> outputs;
  outputs.reserve(op.schema.num_outputs);
  for (size_t i = inputs.size(); i < slots.size(); ++i) {
    outputs.push_back(std::move(slots[i].tensor));
  }
  return outputs;
}

}  // namespace

void run_primitive(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs) {
  std::vector<InferInput> types;
  std::vector<TensorRef> borrowed;
  types.reserve(num_inputs);
  for (size_t i = 0; i < num_inputs; ++i) {
    Slot& slot = *inputs[i];
    const tg_tensor* value = slot.data ? slot.tensor.get() : nullptr;
    if (slot.data && !value && slot.dims.num_elements() <= kSmallConstant) {
      // A shape computed into the arena: lent to inference for this call.
      size_t bytes = dense_bytes(slot.dtype, slot.dims.num_elements());
      borrowed.push_back(new_tensor_on(make_ref<Buffer>(slot.data, bytes, nullptr, nullptr), 0, slot.dtype, slot.dims));
      value = borrowed.back().get();
    }
    types.push_back({slot.dtype, &slot.dims, value});
  }
  std::vector<TensorType> inferred;
  infer(op, attrs, types.data(), types.size(), &inferred);
  for (size_t i = 0; i < inferred.size(); ++i) {
    outputs[i]->dtype = inferred[i].dtype;
    outputs[i]->dims = inferred[i].dims;
  }
  if (op.is_view()) {
    const Slot& base = *inputs[0];
    outputs[0]->data = base.data;
    if (base.tensor) outputs[0]->tensor = new_view(base.tensor.get(), inferred[0].dims);
  } else {
    KernelCall(op, attrs, inputs, num_inputs, outputs).run();
  }
}

std::vector<TensorRef> execute(const tg_op& op, AttrsRef attrs, std::vector<TensorRef> inputs) {
  int dtypes[16];
  std::vector<int> many;
  int* list = dtypes;
  if (inputs.size() > 16) {
    many.resize(inputs.size());
    list = many.data();
  }
  for (size_t i = 0; i < inputs.size(); ++i) list[i] = inputs[i]->dtype;
  try {
    check_inputs(op, list, inputs.size());
  } catch (const Error& error) {
    throw Error(error.code(), error.error_code(), "[" + op.name + "] " + error.message());
  }
  if (op.is_composite()) return compose(op, *attrs, inputs);

  std::vector<TensorRef> outputs;
  if (tg_graph* graph = current_graph()) {
    for (TensorRef& input : inputs) input = graph->import(input.get());
    if (op.def.effects & TG_EFFECT_READS)
      for (const TensorRef& input : inputs) tapes_see_variable(input.get());
    outputs = graph->add_node(op, attrs, inputs);
  } else {
    if (op.def.effects & TG_EFFECT_READS)
      for (const TensorRef& input : inputs) tapes_see_variable(input.get());
    outputs = run_eagerly(op, *attrs, inputs);
  }
  if (any_tape_records()) record_on_tapes({&op, attrs, std::move(inputs), outputs, nullptr, op.name.c_str()});
  return outputs;
}

}  // namespace tg
