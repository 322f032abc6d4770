#include "runtime/plan.h"

#include <algorithm>
#include <initializer_list>
#include <new>
#include <unordered_map>

#include "base/status.h"
#include "graph/known_value.h"
#include "passes/row_group.h"
#include "passes/tile_group.h"
#include "runtime/arena.h"

namespace tg {
namespace {

// Whether an op reads nothing of an input but its shape.
bool reads_shape_alone(const tg_op& op, size_t input) {
  static const auto* positions = [] {
    auto* made = new std::unordered_map<const tg_op*, size_t>;
    for (const auto& [name, position] : std::initializer_list<std::pair<const char*, size_t>>{
             {"reshape_like", 1}, {"broadcast_like", 1}, {"sum_to_like", 1}, {"strided_slice_grad", 0},
             {"slice_grad", 0}, {"tile_grad", 0}, {"resample_grad", 0}, {"scatter_nd_like", 0}})
      made->emplace(find_op(name), position);
    return made;
  }();
  auto found = positions->find(&op);
  return found != positions->end() && found->second == input;
}

class Planner {
 public:
  Planner(const tg_graph& graph, const std::vector<TensorRef>& inputs)
      : graph_(graph), made_(std::make_shared<Plan>()), plan_(*made_) {
    plan_.values.resize(graph.values.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      plan_.values[i].type = {inputs[i]->dtype, inputs[i]->dims};
      plan_.values[i].place = Place::kInput;
    }
  }

  std::shared_ptr<const Plan> make() {
    for (const Node& node : graph_.nodes) infer_types(node);
    find_hoisted();
    find_lifetimes();
    find_chains();
    for (size_t i = 0; i < graph_.nodes.size(); ++i) place(i);
    if (plan_.hoisted && plan_.hoisted->end == static_cast<int>(graph_.nodes.size()))
      plan_.hoisted_end = plan_.instructions.size();
    plan_.arena_bytes = arena_.size();
    std::vector<bool> seen(graph_.values.size());
    plan_.handed_over.resize(graph_.outputs.size());
    for (size_t k = graph_.outputs.size(); k-- > 0;) {
      const int value = graph_.outputs[k];
      const Place place = plan_.values[value].place;
      plan_.handed_over[k] = !seen[value] && place != Place::kInput && place != Place::kConstant;
      seen[value] = true;
    }
    return made_;
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

  void find_hoisted() {
    if (!graph_.hoisted) return;
    plan_.hoisted = graph_.hoisted;
    const int begin = graph_.hoisted->begin, end = graph_.hoisted->end;
    auto is_inside = [&](int value) { return graph_.values[value].node >= begin && graph_.values[value].node < end; };
    std::vector<bool> seen(graph_.values.size());
    auto note = [&](int value, std::vector<int>* list) {
      if (!seen[value] && plan_.values[value].place != Place::kConstant) list->push_back(value);
      seen[value] = true;
    };
    for (int i = 0; i < static_cast<int>(graph_.nodes.size()); ++i) {
      const bool inside = i >= begin && i < end;
      for (int input : graph_.nodes[i].inputs)
        if (inside != is_inside(input)) note(input, inside ? &plan_.hoisted_weights : &plan_.hoisted_values);
    }
    for (int output : graph_.outputs)
      if (is_inside(output)) note(output, &plan_.hoisted_values);
  }

  void find_lifetimes() {
    const int end = static_cast<int>(graph_.nodes.size());
    last_use_.assign(graph_.values.size(), -1);
    last_look_.assign(graph_.values.size(), -1);
    own_tensor_.assign(graph_.values.size(), false);
    taken_over_.assign(graph_.values.size(), -1);
    // Views keep the value they show alive: walk backwards so that a view's last use is known first.
    for (int output : graph_.outputs) {
      last_use_[output] = end;
      own_tensor_[output] = true;
    }
    for (int value : plan_.hoisted_values) own_tensor_[value] = true;
    for (int i = end - 1; i >= 0; --i) {
      const Node& node = graph_.nodes[i];
      // What a resource keeps, or a function is called with, must not live in the arena.
      bool writes = node.op->schema.has_functions || (node.op->def.effects & TG_EFFECT_WRITES) != 0;
      for (size_t k = 0; k < node.inputs.size(); ++k) {
        const int input = node.inputs[k];
        int& last = reads_shape_alone(*node.op, k) && !is_dynamic(node) ? last_look_[input] : last_use_[input];
        last = std::max(last, i);
        if (writes) own_tensor_[input] = true;
      }
      if (node.op->is_view()) {
        int base = node.inputs[0], view = node.outputs[0];
        last_use_[base] = std::max(last_use_[base], last_use_[view]);
        own_tensor_[base] = own_tensor_[base] || own_tensor_[view];
      }
    }
  }

  int64_t images_through_node(size_t index) const {
    const Node& node = graph_.nodes[index];
    if (node.outputs.size() != 1 || is_dynamic(node) || own_tensor_[node.outputs[0]] ||
        plan_.values[node.outputs[0]].place == Place::kConstant || node.inputs.empty())
      return 0;
    std::vector<const TensorType*> types;
    for (int input : node.inputs) {
      if (!plan_.values[input].type.dims.is_static()) return 0;
      types.push_back(&plan_.values[input].type);
    }
    return images_through(node, types, plan_.values[node.outputs[0]].type);
  }

  void find_chains() {
    const size_t count = graph_.nodes.size();
    for (size_t i = graph_.hoisted ? static_cast<size_t>(graph_.hoisted->end) : 0; i < count;) {
      const int64_t images = images_through_node(i);
      size_t end = i + 1;
      while (images > 0 && end < count && images_through_node(end) == images) ++end;
      if (end - i > 1) {
        ImageChain chain;
        chain.first_node = static_cast<int>(i);
        chain.last_node = static_cast<int>(end) - 1;
        chain.images = images;
        plan_.chains.push_back(std::move(chain));
      }
      i = end;
    }
  }

  // Places all that the nodes of a chain make. What the chain reads lives to its end, what others read of it from its
  // beginning on, since its nodes take turns.
  void open(ImageChain* chain) {
    ArenaPlanner between;
    std::vector<int> inside;
    chain->begin = plan_.instructions.size();
    for (int i = chain->first_node; i <= chain->last_node; ++i) {
      const Node& node = graph_.nodes[i];
      for (int input : node.inputs) {
        if (graph_.values[input].node >= chain->first_node) continue;
        for (int value : {input, root(input)}) last_use_[value] = std::max(last_use_[value], chain->last_node);
      }
      const int output = node.outputs[0];
      PlannedValue& value = plan_.values[output];
      value.bytes = dense_bytes(value.type.dtype, value.type.dims.num_elements());
      if (std::max(last_use_[output], last_look_[output]) > chain->last_node) {
        value.place = Place::kArena;
        value.offset = arena_.take(value.bytes);
        chain->outputs.push_back(output);
        alive_ += value.bytes;
        live_.push_back(output);
      } else {
        value.place = Place::kChain;
        value.bytes /= static_cast<size_t>(chain->images);
        value.offset = between.take(value.bytes);
        inside.push_back(output);
      }
      for (int made : inside)
        if (last_use_[made] == i || (made == output && last_use_[made] < i))
          between.give(plan_.values[made].offset, plan_.values[made].bytes);
    }
    chain->bytes = between.size();
    alive_ += chain->bytes * static_cast<size_t>(chain->images);
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

  // Whether the kernel of a node may write an output to the memory of an input of the same size.
  static bool may_overwrite(const Node& node, size_t output, size_t input) {
    if (node.op == &tile_group_op()) return tile_group_in_place(node, output, input);
    if (node.op == &row_group_op()) return row_group_in_place(node, output, input);
    if (output != 0 || node.op->def.in_place < 0) return false;
    // Elementwise kernels read an element of each input before they write the one of the output.
    return static_cast<size_t>(node.op->def.in_place) == input || node.op->def.fusion == TG_FUSION_ELEMENTWISE;
  }

  // An input of the arena that dies here and whose memory an output may take over, or -1.
  int in_place_input(int index, const Node& node, size_t position) const {
    const int output = node.outputs[position];
    if (own_tensor_[output]) return -1;
    const TensorType& to = plan_.values[output].type;
    const int preferred = node.op->def.in_place;
    int found = -1;
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      const int input = node.inputs[k], owner = root(input);
      const PlannedValue& from = plan_.values[owner];
      if (from.place != Place::kArena || last_use_[owner] > index || taken_over_[owner] == index) continue;
      if (dense_bytes(to.dtype, to.dims.num_elements()) != from.bytes) continue;
      if (!(plan_.values[input].type.dims == to.dims) ||
          dtype_size(plan_.values[input].type.dtype) != dtype_size(to.dtype))
        continue;
      // Another input may be the same memory, seen differently.
      bool alone = true;
      for (size_t other = 0; other < node.inputs.size(); ++other)
        if (other != k && root(node.inputs[other]) == owner && node.inputs[other] != input) alone = false;
      if (!alone || !may_overwrite(node, position, k)) continue;
      if (found < 0 || static_cast<int>(k) == preferred) found = input;
    }
    return found;
  }

  void place(size_t index) {
    const Node& node = graph_.nodes[index];
    if (plan_.hoisted && static_cast<int>(index) == plan_.hoisted->begin)
      plan_.hoisted_begin = plan_.instructions.size();
    if (plan_.hoisted && static_cast<int>(index) == plan_.hoisted->end) plan_.hoisted_end = plan_.instructions.size();
    ImageChain* chain = next_chain_ < plan_.chains.size() ? &plan_.chains[next_chain_] : nullptr;
    if (chain && static_cast<int>(index) < chain->first_node) chain = nullptr;
    if (chain && static_cast<int>(index) == chain->first_node) open(chain);
    const bool dynamic = is_dynamic(node);
    Instruction instruction{&node, dynamic ? Instruction::kDynamic : Instruction::kKernel,
                            dying_inputs(static_cast<int>(index)), {}};
    if (!dynamic && node.op->is_view()) instruction.kind = Instruction::kView;
    bool constant = node.outputs.size() == 1 && plan_.values[node.outputs[0]].place == Place::kConstant;
    if (!constant && !chain) {
      for (size_t k = 0; k < node.outputs.size(); ++k) {
        int output = node.outputs[k];
        PlannedValue& value = plan_.values[output];
        const int reused = dynamic ? -1 : in_place_input(static_cast<int>(index), node, k);
        if (dynamic) {
          value.place = Place::kDynamic;
        } else if (node.op->is_view() && plan_.values[root(node.inputs[0])].place != Place::kDynamic) {
          value.place = Place::kAlias;
          value.base = node.inputs[0];
        } else if (reused >= 0) {
          value.place = Place::kAlias;
          value.base = reused;
          // The memory now lives as long as its new content.
          int owner = root(reused);
          taken_over_[owner] = static_cast<int>(index);
          last_use_[owner] = std::max(last_use_[owner], last_use_[output]);
        } else if (own_tensor_[output] || dtype_size(value.type.dtype) == 0 || node.op->def.effects != 0 ||
                   (node.op->schema.list_result && !node.op->internal) || node.op->is_view()) {
          value.place = Place::kTensor;
        } else {
          value.place = Place::kArena;
          value.bytes = dense_bytes(value.type.dtype, value.type.dims.num_elements());
          value.offset = arena_.take(value.bytes);
          if (last_use_[output] < 0) last_use_[output] = static_cast<int>(index);
        }
        // A tensor of its own stays for those who ask for its shape; in the arena only the memory comes to an end.
        if (plan_.values[root(output)].place != Place::kArena)
          last_use_[output] = std::max(last_use_[output], last_look_[output]);
        const int64_t count = value.type.dims.num_elements();
        if (value.place == Place::kTensor && count > 0) value.bytes = dense_bytes(value.type.dtype, count);
        if (value.place != Place::kAlias) alive_ += value.bytes;
        live_.push_back(output);
      }
    }
    plan_.peak_bytes = std::max(plan_.peak_bytes, alive_);
    // Whatever is used here for the last time ends.
    for (size_t k = 0; k < live_.size();) {
      int value = live_[k];
      if (last_use_[value] > static_cast<int>(index)) {
        ++k;
        continue;
      }
      const PlannedValue& planned = plan_.values[value];
      if (planned.place == Place::kArena) arena_.give(planned.offset, planned.bytes);
      if (planned.place != Place::kAlias) alive_ -= planned.bytes;
      instruction.release.push_back(value);
      live_[k] = live_.back();
      live_.pop_back();
    }
    if (!constant) plan_.instructions.push_back(std::move(instruction));
    if (chain && static_cast<int>(index) == chain->last_node) {
      chain->end = plan_.instructions.size();
      alive_ -= chain->bytes * static_cast<size_t>(chain->images);
      ++next_chain_;
    }
  }

  const tg_graph& graph_;
  std::shared_ptr<Plan> made_;
  Plan& plan_;
  ArenaPlanner arena_;
  size_t next_chain_ = 0;          // the one that the nodes to come are part of, or reach
  size_t alive_ = 0;               // bytes of values that are alive
  std::vector<int> last_use_;      // index of the last node that reads the value; the number of nodes: a result
  std::vector<int> last_look_;     // likewise, of the last node that asks for its shape alone
  std::vector<int> taken_over_;    // index of the last node that wrote a result to its memory
  std::vector<bool> own_tensor_;   // may outlive the run
  std::vector<int> live_;
};

}  // namespace

std::shared_ptr<const Plan> make_plan(const tg_graph& graph, const std::vector<TensorRef>& inputs) {
  return Planner(graph, inputs).make();
}

// With the lock held. The child of a fork forgets entries that were being changed.
void PlanCache::check_whole() {
  if (mutex_.take_abandoned()) new (&entries_) std::list<Entry>;
}

void PlanCache::clear() {
  std::lock_guard<Mutex> lock(mutex_);
  check_whole();
  entries_.clear();
}

std::shared_ptr<const Plan> PlanCache::get(const tg_graph& graph, const std::vector<TensorRef>& inputs) {
  auto matches = [&inputs](const Entry& entry) {
    for (size_t i = 0; i < inputs.size(); ++i)
      if (entry.key[i].dims != inputs[i]->dims) return false;
    return true;
  };
  {
    std::lock_guard<Mutex> lock(mutex_);
    check_whole();
    for (auto it = entries_.begin(); it != entries_.end(); ++it)
      if (matches(*it)) {
        if (it != entries_.begin()) entries_.splice(entries_.begin(), entries_, it);
        return entries_.front().plan;
      }
  }
  std::shared_ptr<const Plan> plan = make_plan(graph, inputs);
  std::lock_guard<Mutex> lock(mutex_);
  check_whole();
  Entry entry;
  for (const TensorRef& input : inputs) entry.key.push_back({input->dtype, input->dims});
  entry.plan = plan;
  entries_.push_front(std::move(entry));
  if (entries_.size() > kCapacity) entries_.pop_back();
  return plan;
}

}  // namespace tg
