#include "runtime/plan.h"

#include "base/status.h"
#include "graph/known_value.h"
#include "runtime/arena.h"

namespace tg {
namespace {

class Planner {
 public:
  Planner(const tg_graph& graph, const std::vector<TensorRef>& inputs) : graph_(graph) {
    plan_.values.resize(graph.values.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      plan_.values[i].type = {inputs[i]->dtype, inputs[i]->dims};
      plan_.values[i].place = Place::kInput;
    }
  }

  Plan make() {
    for (const Node& node : graph_.nodes) infer_types(node);
    find_lifetimes();
    for (size_t i = 0; i < graph_.nodes.size(); ++i) place(i);
    plan_.arena_bytes = arena_.size();
    return std::move(plan_);
  }

 private:
  void infer_types(const Node& node) {
    std::vector<InferInput> types;
    for (int input : node.inputs) {
      PlannedValue& value = plan_.values[input];
      types.push_back({value.type.dtype, &value.type.dims, value.constant.get()});
    }
    std::vector<TensorType> inferred;
    TensorRef known;
    try {
      inferred = infer(*node.op, *node.attrs, types);
      if (!node.outputs.empty()) known = graph_.values[node.outputs[0]].constant;
      if (!known && !node.outputs.empty())
        known = known_value(*node.op, *node.attrs, types.data(), types.size(), inferred[0]);
    } catch (const Error& error) {
      throw at_source(node, error);
    }
    for (size_t k = 0; k < node.outputs.size(); ++k) plan_.values[node.outputs[k]].type = inferred[k];
    if (node.outputs.empty()) return;
    PlannedValue& first = plan_.values[node.outputs[0]];
    if (known) {
      first.constant = known;
      first.place = Place::kConstant;
    }
  }

  Error at_source(const Node& node, const Error& error) const {
    std::string text = error.message();
    if (node.source >= 0) text += ". At " + graph_.sources[node.source];
    return Error(error.code(), error.error_code(), text);
  }

  // The value whose memory a view shows.
  int root(int value) const {
    while (plan_.values[value].place == Place::kAlias) value = plan_.values[value].base;
    return value;
  }

  void find_lifetimes() {
    const int end = static_cast<int>(graph_.nodes.size());
    last_use_.assign(graph_.values.size(), -1);
    own_tensor_.assign(graph_.values.size(), false);
    // Views keep the value they show alive: walk backwards so that a view's last use is known first.
    for (int output : graph_.outputs) {
      last_use_[output] = end;
      own_tensor_[output] = true;
    }
    for (int i = end - 1; i >= 0; --i) {
      const Node& node = graph_.nodes[i];
      // What a resource keeps, or a function is called with, must not live in the arena.
      bool writes = node.op->schema.has_functions || (node.op->def.effects & TG_EFFECT_WRITES) != 0;
      for (int input : node.inputs) {
        last_use_[input] = std::max(last_use_[input], i);
        if (writes) own_tensor_[input] = true;
      }
      if (node.op->is_view()) {
        int base = node.inputs[0], view = node.outputs[0];
        last_use_[base] = std::max(last_use_[base], last_use_[view]);
        own_tensor_[base] = own_tensor_[base] || own_tensor_[view];
      }
    }
  }

  bool is_dynamic(const Node& node) const {
    for (int output : node.outputs)
      if (!plan_.values[output].type.dims.is_static()) return true;
    return false;
  }

  uint64_t dying_inputs(int index) const {
    const std::vector<int>& inputs = graph_.nodes[index].inputs;
    uint64_t bits = 0;
    for (size_t k = 0; k < inputs.size() && k < 64; ++k)
      if (last_use_[inputs[k]] == index && plan_.values[inputs[k]].place != Place::kConstant) bits |= uint64_t{1} << k;
    return bits;
  }

  // An input of the arena that dies here and whose memory output 0 may take over.
  int in_place_input(int index, const Node& node) const {
    int position = node.op->def.in_place;
    if (position < 0 || position >= static_cast<int>(node.inputs.size()) || node.outputs.empty()) return -1;
    int input = node.inputs[position], output = node.outputs[0];
    const PlannedValue& from = plan_.values[root(input)];
    const PlannedValue& to = plan_.values[output];
    if (from.place != Place::kArena || own_tensor_[output]) return -1;
    if (dense_bytes(to.type.dtype, to.type.dims.num_elements()) != from.bytes) return -1;
    if (last_use_[root(input)] > index) return -1;
    // Another input may be the same memory, seen differently.
    for (size_t k = 0; k < node.inputs.size(); ++k)
      if (static_cast<int>(k) != position && root(node.inputs[k]) == root(input) &&
          !(plan_.values[node.inputs[k]].type == to.type))
        return -1;
    return input;
  }

  void place(size_t index) {
    const Node& node = graph_.nodes[index];
    Instruction instruction{&node, is_dynamic(node), dying_inputs(static_cast<int>(index)), {}};
    bool constant = node.outputs.size() == 1 && plan_.values[node.outputs[0]].place == Place::kConstant;
    if (!constant) {
      int reused = instruction.dynamic ? -1 : in_place_input(static_cast<int>(index), node);
      for (size_t k = 0; k < node.outputs.size(); ++k) {
        int output = node.outputs[k];
        PlannedValue& value = plan_.values[output];
        if (instruction.dynamic) {
          value.place = Place::kDynamic;
        } else if (node.op->is_view() && plan_.values[root(node.inputs[0])].place != Place::kDynamic) {
          value.place = Place::kAlias;
          value.base = node.inputs[0];
        } else if (k == 0 && reused >= 0) {
          value.place = Place::kAlias;
          value.base = reused;
          // The memory now lives as long as its new content.
          int owner = root(reused);
          last_use_[owner] = std::max(last_use_[owner], last_use_[output]);
        } else if (own_tensor_[output] || dtype_size(value.type.dtype) == 0 || node.op->def.effects != 0 ||
                   node.op->schema.list_result || node.op->is_view()) {
          value.place = Place::kTensor;
        } else {
          value.place = Place::kArena;
          value.bytes = dense_bytes(value.type.dtype, value.type.dims.num_elements());
          value.offset = arena_.take(value.bytes);
          if (last_use_[output] < 0) last_use_[output] = static_cast<int>(index);
        }
        live_.push_back(output);
      }
    }
    // Whatever is used here for the last time ends.
    for (size_t k = 0; k < live_.size();) {
      int value = live_[k];
      if (last_use_[value] > static_cast<int>(index)) {
        ++k;
        continue;
      }
      const PlannedValue& planned = plan_.values[value];
      if (planned.place == Place::kArena) arena_.give(planned.offset, planned.bytes);
      instruction.release.push_back(value);
      live_[k] = live_.back();
      live_.pop_back();
    }
    if (!constant) plan_.instructions.push_back(std::move(instruction));
  }

  const tg_graph& graph_;
  Plan plan_;
  ArenaPlanner arena_;
  std::vector<int> last_use_;      // index of the last node that reads the value; the number of nodes: a result
  std::vector<bool> own_tensor_;   // may outlive the run
  std::vector<int> live_;
};

}  // namespace

Plan make_plan(const tg_graph& graph, const std::vector<TensorRef>& inputs) { return Planner(graph, inputs).make(); }

std::shared_ptr<const Plan> PlanCache::get(const tg_graph& graph, const std::vector<TensorRef>& inputs) {
  auto matches = [&inputs](const Entry& entry) {
    for (size_t i = 0; i < inputs.size(); ++i)
      if (entry.key[i].dims != inputs[i]->dims) return false;
    return true;
  };
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto it = entries_.begin(); it != entries_.end(); ++it)
      if (matches(*it)) {
        entries_.splice(entries_.begin(), entries_, it);
        return entries_.front().plan;
      }
  }
  auto plan = std::make_shared<const Plan>(make_plan(graph, inputs));
  std::lock_guard<std::mutex> lock(mutex_);
  Entry entry;
  for (const TensorRef& input : inputs) entry.key.push_back({input->dtype, input->dims});
  entry.plan = plan;
  entries_.push_front(std::move(entry));
  if (entries_.size() > kCapacity) entries_.pop_back();
  return plan;
}

}  // namespace tg
