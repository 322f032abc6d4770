// Joins elementwise nodes of one shape into groups that run tile by tile.
// Before: a valid graph. After: the same results; nodes are in an order that keeps the order of effects, and what reads a
// value of the same shape that another elementwise node makes is in one group with it, as far as a group has room.
#include "passes/grouping.h"
#include "passes/pass.h"
#include "passes/tile_formulas.h"
#include "passes/tile_group.h"

namespace tg {
namespace {

class Fuser {
 public:
  explicit Fuser(tg_graph* graph) : graph_(*graph), grouping_(graph), steps_(graph->nodes.size()) {
    for (size_t i = 0; i < steps_.size(); ++i)
      if (fully_known_result(graph_.nodes[i])) steps_[i] = num_tile_steps(graph_.nodes[i], graph_.values);
  }

  void run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      if (steps_[i] > 0) join(static_cast<int>(i));
    grouping_.rewrite([this](const Grouping::Members& members) { return group_node(members); });
  }

 private:
  bool fully_known_result(const Node& node) const {
    return node.device == nullptr && node.outputs.size() == 1 && !graph_.values[node.outputs[0]].constant &&
           fully_known(graph_.values[node.outputs[0]].type.dims);
  }
  const Dims& dims_of(int node) const { return graph_.values[graph_.nodes[node].outputs[0]].type.dims; }

  void join(int node) {
    grouping_.begin(node);
    for (int input : graph_.nodes[node].inputs) {
      const int maker = graph_.values[input].node;
      if (maker < 0 || steps_[maker] == 0 || grouping_.group_of(maker) == grouping_.group_of(node) ||
          !(dims_of(maker) == dims_of(node)))
        continue;
      grouping_.join(grouping_.group_of(maker), grouping_.group_of(node),
                     [this](const Grouping::Members& members) { return has_room(members); });
    }
  }

  bool has_room(const Grouping::Members& members) const {
    int steps = 0;
    for (int node : members) steps += steps_[node];
    if (steps > kernels::kMostTileSteps) return false;
    std::vector<int> inputs, outputs;
    grouping_.describe(members, &inputs, &outputs);
    return inputs.size() <= kernels::kMostTileInputs && outputs.size() <= kernels::kMostTileOutputs;
  }

  Node group_node(const Grouping::Members& members) const {
    std::vector<int> inputs, outputs;
    grouping_.describe(members, &inputs, &outputs);
    StepList steps(graph_.values);
    for (int input : inputs) steps.add_input(input);
    for (int node : members) steps.add(graph_.nodes[node]);
    std::vector<int64_t> numbers;
    for (int output : outputs) numbers.push_back(steps.number_of(output));
    std::vector<kernels::TileStep> made = steps.steps();
    join_formulas(graph_.values, inputs, &made, &numbers);
    const Node& last = graph_.nodes[members.back()];
    Node node;
    node.op = &tile_group_op();
    node.attrs = tile_group_attrs(made, numbers);
    node.inputs = std::move(inputs);
    node.outputs = std::move(outputs);
    node.name = "fused:" + last.name;
    node.source = last.source;
    return node;
  }

  tg_graph& graph_;
  Grouping grouping_;
  std::vector<int> steps_;  // that a node becomes; 0: it stays
};

}  // namespace

void fuse_elementwise(tg_graph* graph) { Fuser(graph).run(); }

}  // namespace tg
