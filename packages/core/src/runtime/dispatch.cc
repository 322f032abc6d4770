#include "runtime/dispatch.h"

#include <atomic>

#include "autodiff/tape.h"
#include "base/small_vector.h"
#include "base/status.h"
#include "device/device.h"
#include "runtime/control.h"
#include "runtime/kernel_call.h"
#include "runtime/placement.h"
#include "tensor/resource.h"

namespace tg {
namespace {

class ComposeCall final : public tg_op_context {
 public:
  ComposeCall(const tg_op& op, const Attrs& attrs, tg_tensor* const* inputs, size_t num_inputs, TensorRef* outputs)
      : tg_op_context(op, attrs), inputs_(inputs), num_inputs_(num_inputs), outputs_(outputs) {}

  size_t num_inputs() const override { return num_inputs_; }
  void input(size_t index, tg_tensor_desc* desc) override {
    check_index(index, num_inputs_);
    describe(*inputs_[index], desc);
  }
  void constant_input(size_t index, tg_tensor_desc* desc) override { input(index, desc); }
  TensorRef input_tensor(size_t index) override {
    check_index(index, num_inputs_);
    return TensorRef::share(inputs_[index]);
  }
  void set_output_tensor(size_t index, tg_tensor* tensor) override {
    check_index(index, num_outputs());
    outputs_[index] = TensorRef::share(tensor);
  }

 private:
  tg_tensor* const* inputs_;
  const size_t num_inputs_;
  TensorRef* outputs_;
};

void compose(const tg_op& op, const Attrs& attrs, tg_tensor* const* inputs, size_t num_inputs, TensorRef* outputs) {
  ComposeCall call(op, attrs, inputs, num_inputs, outputs);
  throw_status(op.def.compose(&call), op.name.c_str());
  for (size_t i = 0; i < op.schema.num_outputs; ++i)
    if (!outputs[i]) throw internal_error("[" + op.name + "] it left an output unset");
}

// Elements from which on a kernel runs long: some ten microseconds.
constexpr int64_t kLongRun = 16384;
// The number of elements, as far as it matters: more than kLongRun is kLongRun + 1, and so are unknown ones, which may
// turn out to be many. The sizes are not checked yet: their product may not fit any integer.
int64_t elements_of(const Dims& dims) {
  if (!dims.known_rank()) return kLongRun + 1;
  int64_t count = 1;
  bool many = false;
  for (int64_t size : dims) {
    if (size == 0) return 0;
    many = many || size < 0 || size > kLongRun || count * size > kLongRun;
    if (!many) count *= size;
  }
  return many ? kLongRun + 1 : count;
}

std::atomic<void* (*)()> before_long_run{nullptr};
std::atomic<void (*)(void*)> after_long_run{nullptr};

// Tells the hooks about a kernel that runs long.
class LongRun {
 public:
  LongRun() {
    void* (*before)() = before_long_run.load(std::memory_order_acquire);
    if (before == nullptr) return;
    token_ = before();
    after_ = after_long_run.load(std::memory_order_acquire);
  }
  ~LongRun() {
    if (after_ != nullptr) after_(token_);
  }
  LongRun(const LongRun&) = delete;

 private:
  void* token_ = nullptr;
  void (*after_)(void*) = nullptr;
};

// Slots of one eager call. The inputs are only lent to it: they are not retained.
class EagerSlots {
 public:
  EagerSlots(tg_tensor* const* inputs, size_t num_inputs, size_t num_outputs)
      : slots_(num_inputs + num_outputs), places_(slots_.size()), num_inputs_(num_inputs) {
    for (size_t i = 0; i < slots_.size(); ++i) places_[i] = &slots_[i];
    for (size_t i = 0; i < num_inputs; ++i) {
      Slot& slot = slots_[i];
      slot.dtype = inputs[i]->dtype;
      slot.dims = inputs[i]->dims;
      slot.data = inputs[i]->data();
      slot.tensor = TensorRef::adopt(inputs[i]);
    }
  }
  ~EagerSlots() {
    for (size_t i = 0; i < num_inputs_; ++i) slots_[i].tensor.detach();
  }
  EagerSlots(const EagerSlots&) = delete;
  Slot** inputs() { return places_.data(); }
  Slot** outputs() { return places_.data() + num_inputs_; }

 private:
  SmallVector<Slot, 4> slots_;
  SmallVector<Slot*, 4> places_;
  const size_t num_inputs_;
};

void run(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs, size_t num_outputs,
         uint64_t dying, bool eager);

void run_eagerly(const tg_op& op, const Attrs& attrs, tg_tensor* const* inputs, size_t num_inputs, TensorRef* outputs,
                 size_t num_outputs) {
  for (size_t i = 0; i < num_inputs; ++i)
    if (inputs[i]->is_symbolic())
      throw invalid_argument("TG-0118", "[" + op.name + "] a value of a graph cannot be used outside of it",
                             "value of " + type_text(inputs[i]->dtype, inputs[i]->dims));
  EagerSlots slots(inputs, num_inputs, num_outputs);
  run(op, attrs, slots.inputs(), num_inputs, slots.outputs(), num_outputs, 0, true);
  for (size_t i = 0; i < num_outputs; ++i) outputs[i] = std::move(slots.outputs()[i]->tensor);
}

void run(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs, size_t num_outputs,
         uint64_t dying, bool eager) {
  SmallVector<InferInput, 4> types;
  SmallVector<TensorRef, 2> borrowed;
  int64_t elements = 0;
  for (size_t i = 0; i < num_inputs; ++i) {
    Slot& slot = *inputs[i];
    const tg_tensor* value = slot.data ? slot.tensor.get() : nullptr;
    int64_t count = elements_of(slot.dims);
    elements += count;
    if (slot.data && !value && count <= kSmallConstant) {
      // A shape computed into the arena: lent to inference for this call.
      size_t bytes = dense_bytes(slot.dtype, count);
      borrowed.push_back(new_tensor_on(make_ref<Buffer>(slot.data, bytes, nullptr, nullptr), 0, slot.dtype, slot.dims));
      value = borrowed.back().get();
    }
    types.push_back({slot.dtype, &slot.dims, value});
  }
  SmallVector<TensorType, 2> inferred(num_outputs);
  if (op.schema.list_result) {
    std::vector<TensorType> list = infer(op, attrs, std::vector<InferInput>(types.begin(), types.end()));
    if (list.size() != num_outputs) throw internal_error("[" + op.name + "] the number of its outputs changed");
    for (size_t i = 0; i < num_outputs; ++i) inferred[i] = std::move(list[i]);
  } else {
    infer(op, attrs, types.data(), types.size(), inferred.data());
  }
  for (size_t i = 0; i < inferred.size(); ++i) {
    outputs[i]->dtype = inferred[i].dtype;
    outputs[i]->dims = inferred[i].dims;
    elements += elements_of(inferred[i].dims);
  }
  if (op.is_view()) {
    const Slot& base = *inputs[0];
    outputs[0]->data = base.data;
    if (base.tensor) outputs[0]->tensor = new_view(base.tensor.get(), inferred[0].dims);
    return;
  }
  KernelCall call(op, attrs, inputs, num_inputs, outputs, num_outputs, dying);
  if (!eager || elements <= kLongRun) return call.run();
  LongRun hooks;
  call.run();
}

}  // namespace

void set_long_run_hooks(void* (*before)(), void (*after)(void*)) {
  before_long_run.store(nullptr);
  after_long_run.store(after);
  before_long_run.store(before);
}

void run_composition(const tg_op& op, const Attrs& attrs, tg_tensor* const* inputs, size_t num_inputs,
                     TensorRef* outputs) {
  compose(op, attrs, inputs, num_inputs, outputs);
}

void run_primitive(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs,
                   size_t num_outputs, uint64_t dying) {
  run(op, attrs, inputs, num_inputs, outputs, num_outputs, dying, false);
}

namespace {

void check_dtypes(const tg_op& op, tg_tensor* const* inputs, size_t num_inputs) {
  SmallVector<int, 16> dtypes(num_inputs);
  for (size_t i = 0; i < num_inputs; ++i) dtypes[i] = inputs[i]->dtype;
  try {
    check_inputs(op, dtypes.data(), num_inputs);
  } catch (const Error& error) {
    throw Error(error.code(), error.error_code(), "[" + op.name + "] " + error.message());
  }
}

}  // namespace

std::vector<TensorRef> execute_list(const tg_op& op, AttrsRef attrs, std::vector<TensorRef> inputs) {
  attrs = close_functions(attrs, &inputs);
  tg_graph* graph = current_graph();
  std::vector<tg_tensor*> handles;
  for (TensorRef& input : inputs) {
    if (graph) input = graph->import(input.get());
    handles.push_back(input.get());
  }
  check_dtypes(op, handles.data(), handles.size());
  if (effects_of(op, *attrs) & TG_EFFECT_READS)
    for (tg_tensor* input : handles) tapes_see_variable(input);
  size_t wanted = SIZE_MAX;  // outputs that are the caller's
  if (op.schema.has_functions && any_tape_records()) attrs = record_functions(op, attrs, inputs, &wanted);
  std::vector<TensorRef> outputs;
  if (graph) {
    outputs = graph->add_node(op, attrs, inputs);
  } else {
    std::vector<InferInput> types;
    std::vector<TensorRef> here;  // its kernel, and the functions that it calls, are the host's
    std::vector<tg_tensor*> lent = handles;
    for (size_t i = 0; i < inputs.size() && devices_present(); ++i) {
      here.push_back(to_host(inputs[i].get()));
      lent[i] = here[i].get();
    }
    for (tg_tensor* input : lent) types.push_back({input->dtype, &input->dims, input->buffer ? input : nullptr});
    outputs.resize(infer(op, *attrs, types).size());
    ScopedDevice nowhere(nullptr);
    run_eagerly(op, *attrs, lent.data(), lent.size(), outputs.data(), outputs.size());
  }
  if (any_tape_records())
    record_on_tapes(op, attrs, handles.data(), handles.size(), outputs.data(), outputs.size());
  if (outputs.size() > wanted) outputs.resize(wanted);
  return outputs;
}

void execute(const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs, size_t num_inputs, TensorRef* outputs) {
  check_dtypes(op, inputs, num_inputs);
  bool done = false;
  if (devices_present() && current_graph() == nullptr) {
    Placed placed = execute_placed(op, attrs, inputs, num_inputs, outputs);
    if (placed == Placed::kByParts) return;
    done = placed == Placed::kWhole;
  }
  if (!done && op.is_composite()) return compose(op, *attrs, inputs, num_inputs, outputs);
  const bool reads = (op.def.effects & TG_EFFECT_READS) != 0;
  if (tg_graph* graph = current_graph()) {
    std::vector<TensorRef> imported;
    SmallVector<tg_tensor*, 4> handles;
    for (size_t i = 0; i < num_inputs; ++i) {
      imported.push_back(graph->import(inputs[i]));
      handles.push_back(imported.back().get());
      if (reads) tapes_see_variable(handles.back());
    }
    std::vector<TensorRef> made = graph->add_node(op, attrs, imported);
    for (size_t i = 0; i < made.size(); ++i) outputs[i] = std::move(made[i]);
    if (any_tape_records()) record_on_tapes(op, attrs, handles.data(), num_inputs, outputs, op.schema.num_outputs);
    return;
  }
  for (size_t i = 0; reads && i < num_inputs; ++i) tapes_see_variable(inputs[i]);
  if (!done) run_eagerly(op, *attrs, inputs, num_inputs, outputs, op.schema.num_outputs);
  if (any_tape_records()) record_on_tapes(op, attrs, inputs, num_inputs, outputs, op.schema.num_outputs);
}

}  // namespace tg
