// Joins elementwise nodes of one shape into groups that run tile by tile.
// Before: a valid graph. After: the same results; nodes are in an order that keeps the order of effects, and what reads a
// value of the same shape that another elementwise node makes is in one group with it, as far as a group has room.
#include <algorithm>
#include <queue>

#include "passes/pass.h"
#include "passes/tile_group.h"

namespace tg {
namespace {

bool fully_known(const Dims& dims) {
  if (!dims.known_rank()) return false;
  for (int64_t size : dims)
    if (size == TG_DIM_UNKNOWN) return false;
  return true;
}

class Fuser {
 public:
  explicit Fuser(tg_graph* graph) : graph_(*graph), group_of_(graph->nodes.size(), -1) {
    const size_t count = graph_.nodes.size();
    steps_.resize(count);
    fusible_.resize(count);
    followers_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      const Node& node = graph_.nodes[i];
      fusible_[i] = node.device == nullptr && node.outputs.size() == 1 &&
                    !graph_.values[node.outputs[0]].constant && fully_known(graph_.values[node.outputs[0]].type.dims) &&
                    tile_step_of(node, graph_.values, &steps_[i]);
    }
    readers_.resize(graph_.values.size());
    is_result_.resize(graph_.values.size());
    for (size_t i = 0; i < count; ++i)
      for (int input : graph_.nodes[i].inputs) readers_[input].push_back(static_cast<int>(i));
    for (int output : graph_.outputs) is_result_[output] = true;
    order_effects();
    for (size_t i = 0; i < count; ++i)
      for (int output : graph_.nodes[i].outputs)
        for (int reader : readers_[output]) followers_[i].push_back(reader);
  }

  void run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      if (fusible_[i]) join(static_cast<int>(i));
    rewrite();
  }

 private:
  // Who changes state comes after all who read it before, and before all who read it later.
  void order_effects() {
    int writer = -1;
    std::vector<int> since;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const int effects = effects_of(*graph_.nodes[i].op, *graph_.nodes[i].attrs);
      if (effects == TG_EFFECT_NONE) continue;
      if (writer >= 0) followers_[writer].push_back(static_cast<int>(i));
      if (effects == TG_EFFECT_READS) {
        since.push_back(static_cast<int>(i));
        continue;
      }
      for (int reader : since) followers_[reader].push_back(static_cast<int>(i));
      since.clear();
      writer = static_cast<int>(i);
    }
  }

  const Dims& dims_of(int node) const { return graph_.values[graph_.nodes[node].outputs[0]].type.dims; }

  void join(int node) {
    group_of_[node] = static_cast<int>(groups_.size());
    groups_.push_back({node});
    for (int input : graph_.nodes[node].inputs) {
      const int maker = graph_.values[input].node;
      if (maker < 0 || !fusible_[maker] || group_of_[maker] == group_of_[node] || !(dims_of(maker) == dims_of(node)))
        continue;
      merge(group_of_[maker], group_of_[node]);
    }
  }

  void merge(int into, int from) {
    std::vector<int> members = groups_[into];
    members.insert(members.end(), groups_[from].begin(), groups_[from].end());
    std::sort(members.begin(), members.end());
    if (!has_room(members) || leaves_and_returns(members, into, from)) return;
    for (int node : groups_[from]) group_of_[node] = into;
    groups_[into] = std::move(members);
    groups_[from].clear();
  }

  bool has_room(const std::vector<int>& members) {
    if (members.size() > kernels::kMostTileSteps) return false;
    std::vector<int> inputs, outputs;
    describe(members, &inputs, &outputs);
    return inputs.size() <= kernels::kMostTileInputs && outputs.size() <= kernels::kMostTileOutputs;
  }

  // The values that a group takes from outside, and those that somebody outside needs.
  void describe(const std::vector<int>& members, std::vector<int>* inputs, std::vector<int>* outputs) const {
    auto inside = [&](int node) { return std::binary_search(members.begin(), members.end(), node); };
    for (int node : members) {
      for (int input : graph_.nodes[node].inputs) {
        const int maker = graph_.values[input].node;
        if (maker >= 0 && inside(maker)) continue;
        if (std::find(inputs->begin(), inputs->end(), input) == inputs->end()) inputs->push_back(input);
      }
      const int output = graph_.nodes[node].outputs[0];
      bool needed = is_result_[output];
      for (int reader : readers_[output]) needed = needed || !inside(reader);
      if (needed) outputs->push_back(output);
    }
  }

  // Whether a way leads out of the group and back into it, through nodes and other groups.
  bool leaves_and_returns(const std::vector<int>& members, int one, int other) {
    std::vector<bool> seen(graph_.nodes.size(), false);
    std::vector<int> open;
    auto inside = [&](int node) { return group_of_[node] >= 0 && (group_of_[node] == one || group_of_[node] == other); };
    bool returns = false;
    auto visit = [&](int node, bool from_inside) {
      if (inside(node)) {
        returns = returns || !from_inside;
        return;
      }
      if (seen[node]) return;
      if (group_of_[node] < 0) {
        seen[node] = true;
        open.push_back(node);
        return;
      }
      for (int member : groups_[group_of_[node]])
        if (!seen[member]) {
          seen[member] = true;
          open.push_back(member);
        }
    };
    for (int node : members)
      for (int next : followers_[node]) visit(next, true);
    while (!open.empty() && !returns) {
      const int node = open.back();
      open.pop_back();
      for (int next : followers_[node]) visit(next, false);
    }
    return returns;
  }

  void rewrite() {
    const int count = static_cast<int>(graph_.nodes.size());
    // A unit is a group or a node; it comes where its last node was, or later where it waits for another unit.
    std::vector<int> unit_of(count, -1);
    std::vector<std::vector<int>> units;
    bool any = false;
    for (int i = 0; i < count; ++i) {
      if (unit_of[i] >= 0) continue;
      const int unit = static_cast<int>(units.size());
      units.push_back({});
      if (group_of_[i] < 0) units.back() = {i};
      else units.back() = groups_[group_of_[i]];
      for (int member : units.back()) unit_of[member] = unit;
      any = any || units.back().size() > 1;
    }
    if (!any) return;
    std::vector<int> waits(units.size(), 0);
    std::vector<std::vector<int>> next(units.size());
    for (int i = 0; i < count; ++i)
      for (int follower : followers_[i]) {
        if (unit_of[follower] == unit_of[i]) continue;
        next[unit_of[i]].push_back(unit_of[follower]);
        ++waits[unit_of[follower]];
      }
    using Ready = std::pair<int, int>;  // the number of the last node, the unit
    std::priority_queue<Ready, std::vector<Ready>, std::greater<Ready>> ready;
    for (size_t u = 0; u < units.size(); ++u)
      if (waits[u] == 0) ready.push({units[u].back(), static_cast<int>(u)});
    std::vector<Node> ordered;
    while (!ready.empty()) {
      const int unit = ready.top().second;
      ready.pop();
      ordered.push_back(units[unit].size() == 1 ? std::move(graph_.nodes[units[unit][0]]) : group_node(units[unit]));
      for (int follower : next[unit])
        if (--waits[follower] == 0) ready.push({units[follower].back(), follower});
    }
    graph_.nodes = std::move(ordered);
    graph_.renumber();
  }

  Node group_node(const std::vector<int>& members) {
    std::vector<int> inputs, outputs;
    describe(members, &inputs, &outputs);
    std::vector<kernels::TileStep> steps;
    std::vector<int> made;
    auto number_of = [&](int value) {
      auto step = std::find(made.begin(), made.end(), value);
      if (step != made.end()) return static_cast<int>(inputs.size()) + static_cast<int>(step - made.begin());
      return static_cast<int>(std::find(inputs.begin(), inputs.end(), value) - inputs.begin());
    };
    for (int node : members) {
      kernels::TileStep step = steps_[node];
      const std::vector<int>& arguments = graph_.nodes[node].inputs;
      for (size_t k = 0; k < arguments.size(); ++k) step.args[k] = number_of(arguments[k]);
      steps.push_back(step);
      made.push_back(graph_.nodes[node].outputs[0]);
    }
    std::vector<int64_t> numbers;
    for (int output : outputs) numbers.push_back(number_of(output));
    Node node;
    node.op = &tile_group_op();
    node.attrs = tile_group_attrs(steps, numbers);
    node.inputs = std::move(inputs);
    node.outputs = std::move(outputs);
    node.name = "fused:" + graph_.nodes[members.back()].name;
    node.source = graph_.nodes[members.back()].source;
    return node;
  }

  tg_graph& graph_;
  std::vector<kernels::TileStep> steps_;
  std::vector<bool> fusible_, is_result_;
  std::vector<std::vector<int>> readers_;    // of each value
  std::vector<std::vector<int>> followers_;  // of each node: what has to come later
  std::vector<int> group_of_;
  std::vector<std::vector<int>> groups_;     // nodes in order
};

}  // namespace

void fuse_elementwise(tg_graph* graph) { Fuser(graph).run(); }

}  // namespace tg
