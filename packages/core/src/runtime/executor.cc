#include "base/status.h"
#include "runtime/dispatch.h"
#include "runtime/kernel_call.h"
#include "runtime/plan.h"
#include "runtime/watch.h"

namespace tg {
namespace {

class Run {
 public:
  Run(const tg_graph& graph, const Plan& plan, const std::vector<TensorRef>& inputs)
      : graph_(graph), plan_(plan), slots_(plan.values.size()) {
    if (plan.arena_bytes) arena_ = make_ref<Buffer>(plan.arena_bytes);
    for (size_t i = 0; i < inputs.size(); ++i) slots_[i].set(inputs[i]);
    for (size_t i = inputs.size(); i < slots_.size(); ++i)
      if (plan.values[i].place == Place::kConstant) slots_[i].set(plan.values[i].constant);
  }

  std::vector<TensorRef> go() {
    InGraph in_graph;
    for (const Instruction& instruction : plan_.instructions) {
      try {
        step(instruction);
      } catch (const Error& error) {
        std::string text = error.message();
        if (instruction.node->source >= 0) text += ". At " + graph_.sources[instruction.node->source];
        throw Error(error.code(), error.error_code(), text);
      }
    }
    std::vector<TensorRef> results;
    for (int output : graph_.outputs) results.push_back(result(output));
    return results;
  }

 private:
  void step(const Instruction& instruction) {
    const Node& node = *instruction.node;
    places_.clear();
    for (int input : node.inputs) places_.push_back(&slots_[input]);
    for (int output : node.outputs) places_.push_back(&slots_[output]);
    Slot** outputs = places_.data() + node.inputs.size();
    if (instruction.dynamic) {
      run_primitive(*node.op, *node.attrs, places_.data(), node.inputs.size(), outputs);
    } else {
      for (int output : node.outputs) prepare(output);
      bool view = node.op->is_view() && slots_[node.outputs[0]].data != nullptr;
      if (view || (node.op->is_view() && alias_of_resource(node)))
        ;  // the memory is shared already
      else if (node.op->is_view())
        run_primitive(*node.op, *node.attrs, places_.data(), node.inputs.size(), outputs);
      else
        KernelCall(*node.op, *node.attrs, places_.data(), node.inputs.size(), outputs).run();
    }
    for (int value : instruction.release) slots_[value].tensor = nullptr;
  }

  bool alias_of_resource(const Node& node) const {
    const Slot& slot = slots_[node.outputs[0]];
    return slot.tensor && slot.tensor->resource;
  }

  void prepare(int value) {
    const PlannedValue& planned = plan_.values[value];
    Slot& slot = slots_[value];
    slot.dtype = planned.type.dtype;
    slot.dims = planned.type.dims;
    slot.tensor = nullptr;
    slot.data = nullptr;
    if (planned.place == Place::kArena) {
      slot.data = static_cast<char*>(arena_->data()) + planned.offset;
    } else if (planned.place == Place::kAlias) {
      const Slot& base = slots_[planned.base];
      slot.data = base.data;
      if (base.tensor)
        slot.tensor = base.tensor->resource ? base.tensor : new_view(base.tensor.get(), planned.type.dims);
    }
  }

  // A result is a tensor that the caller owns alone as far as identity goes.
  TensorRef result(int value) {
    Slot& slot = slots_[value];
    if (!slot.tensor) throw internal_error("a result has no tensor");
    return slot.tensor->resource ? slot.tensor : new_view(slot.tensor.get(), slot.dims);
  }

  const tg_graph& graph_;
  const Plan& plan_;
  std::vector<Slot> slots_;
  std::vector<Slot*> places_;
  Ref<Buffer> arena_;
};

}  // namespace

std::vector<TensorRef> run_plan(const tg_graph& graph, const Plan& plan, const std::vector<TensorRef>& inputs) {
  return Run(graph, plan, inputs).go();
}

}  // namespace tg
