#include "base/status.h"
#include "runtime/dispatch.h"
#include "runtime/kernel_call.h"
#include "runtime/plan.h"
#include "runtime/watch.h"

namespace tg {
namespace {

class Run {
 public:
  Run(const tg_graph& graph, const Plan& plan) : graph_(graph), plan_(plan), slots_(plan.values.size()) {
    if (plan.arena_bytes) arena_ = make_ref<Buffer>(plan.arena_bytes);
    for (size_t i = num_inputs(); i < slots_.size(); ++i)
      if (plan.values[i].place == Place::kConstant) slots_[i].set(plan.values[i].constant);
  }

  size_t num_inputs() const { return graph_.inputs.size() + graph_.captures.size(); }
  Slot& slot(size_t value) { return slots_[value]; }

  void go(std::vector<TensorRef>* results) {
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
    results->clear();
    for (int output : graph_.outputs) results->push_back(result(output));
  }

  void forget(size_t keep) {
    for (size_t i = 0; i < slots_.size(); ++i)
      if ((i < keep || i >= num_inputs()) && plan_.values[i].place != Place::kConstant) {
        slots_[i].tensor = nullptr;
        slots_[i].data = nullptr;
      }
  }

 private:
  void step(const Instruction& instruction) {
    const Node& node = *instruction.node;
    places_.clear();
    for (int input : node.inputs) places_.push_back(&slots_[input]);
    for (int output : node.outputs) places_.push_back(&slots_[output]);
    Slot** outputs = places_.data() + node.inputs.size();
    if (instruction.dynamic) {
      run_primitive(*node.op, *node.attrs, places_.data(), node.inputs.size(), outputs, node.outputs.size(),
                    instruction.dying);
    } else {
      for (int output : node.outputs) prepare(output);
      bool view = node.op->is_view() && slots_[node.outputs[0]].data != nullptr;
      if (view || (node.op->is_view() && alias_of_resource(node)))
        ;  // the memory is shared already
      else if (node.op->is_view())
        run_primitive(*node.op, *node.attrs, places_.data(), node.inputs.size(), outputs, node.outputs.size());
      else
        KernelCall(*node.op, *node.attrs, places_.data(), node.inputs.size(), outputs, node.outputs.size(),
                   instruction.dying)
            .run();
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
  Run run(graph, plan);
  for (size_t i = 0; i < inputs.size(); ++i) run.slot(i).set(inputs[i]);
  std::vector<TensorRef> results;
  run.go(&results);
  return results;
}

struct PlanRun::State {
  State(const tg_graph& graph, std::shared_ptr<const Plan> plan) : plan(std::move(plan)), run(graph, *this->plan) {}
  std::shared_ptr<const Plan> plan;
  Run run;
};

PlanRun::PlanRun(const tg_graph& graph, std::shared_ptr<const Plan> plan)
    : state_(std::make_unique<State>(graph, std::move(plan))) {}
PlanRun::~PlanRun() = default;

void PlanRun::bind(size_t input, TensorRef value) {
  Slot& slot = state_->run.slot(input);
  slot.dtype = value->dtype;
  slot.dims = value->dims;
  slot.data = value->data();
  slot.tensor = std::move(value);
}

void PlanRun::go(size_t keep, std::vector<TensorRef>* results) {
  state_->run.go(results);
  state_->run.forget(keep);
}

bool PlanRun::fits(const std::vector<TensorRef>& inputs, size_t count) const {
  for (size_t i = 0; i < count; ++i)
    if (inputs[i]->dims != state_->plan->values[i].type.dims) return false;
  return true;
}

}  // namespace tg
